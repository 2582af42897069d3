import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type AnsweredHeaders,
  encodeText,
  type FaultBody,
  fault,
  faultBody,
  ItemPacker,
  RefusedRequest,
  readDeliveredBehind,
  readRequest,
  subscriptionManagerUri,
  WsmanFault,
  type WsmanRequest,
  type WsmanResponse,
  writeFault,
  writeResponse,
} from '@atelier/wsman';
import type { BytesAnswer } from '../../http/routes.ts';
import type { Services } from '../../services.ts';
import { firstPlace, readPlace, writePlace } from '../events/event-place.ts';
import { holdForSource, leaveSource } from './source-lease.ts';
import { heldSource, storeDelivered, storeDropped } from './store-delivered.ts';
import { subscriptionFor } from './subscription.ts';

/** A host that asks or delivers. */
export interface Source {
  readonly hostId: string;
  /** This server as the host reaches it. */
  readonly origin: string;
}

const messageId = () => ({ messageId: `uuid:${randomUUID().toUpperCase()}` });
const machine = hostname();
const typeOf = ({ encoding }: AnsweredHeaders) => ({
  'content-type': `application/soap+xml;charset=${encoding.toUpperCase()}`,
});

/** Gives a host what it shall deliver; nothing when its events are not collected. From now on it delivers, and no server pulls. */
async function subscriptions(services: Services, { hostId, origin }: Source, request: WsmanRequest) {
  const item = await services.database.withTransaction(async (trx) => {
    const row = await holdForSource(trx, hostId);
    if (!row) return null;
    const known = readPlace(row.event_bookmark);
    const place = known ?? firstPlace(row.created_at, Date.now());
    if (!known)
      await trx
        .updateTable('host')
        .set({ event_bookmark: writePlace(place) })
        .where('id', '=', row.id)
        .execute();
    return subscriptionFor(row.id, place, origin, services.authority.ca);
  });
  const packer = new ItemPacker({
    maxElements: 1,
    maxCharacters: null,
    maxEnvelopeSize: request.headers.maxEnvelopeSize ?? 512_000,
    encoding: request.headers.encoding,
    mode: 'object',
  });
  if (item && packer.offer(item) !== 'taken') throw fault('maxEnvelopeSizeExceeded');
  return { kind: 'enumerate', context: '', expires: null, items: packer.finish(), end: true } as const;
}

/** What the collector says to a message; null where there is nothing to say. @throws WsmanFault */
async function answerTo(services: Services, source: Source, request: WsmanRequest): Promise<WsmanResponse | null> {
  const { hostId } = source;
  const { headers } = request;
  switch (request.kind) {
    case 'enumerate':
      if (headers.resource.resourceUri.toLowerCase() !== subscriptionManagerUri.toLowerCase())
        throw fault('invalidResourceUri', { reason: 'an event collector has nothing but subscriptions' });
      return await subscriptions(services, source, request);
    case 'events': {
      const bookmark = typeof headers.bookmark === 'object' ? headers.bookmark : null;
      await storeDelivered(services, hostId, {
        events: request.events,
        bookmark,
        behind: readDeliveredBehind(headers),
      });
      break;
    }
    case 'heartbeat':
      await services.database.withTransaction((trx) => heldSource(trx, hostId));
      break;
    case 'dropped-events':
      await storeDropped(services, hostId, request.count);
      break;
    case 'subscription-end':
      services.log.info({ hostId, status: request.status, reason: request.reason }, 'a host ends its subscription');
      await leaveSource(services.db, hostId);
      break;
    case 'end':
    case 'ack':
      return null;
    default:
      throw fault('actionNotSupported');
  }
  return headers.ackRequested ? { kind: 'ack' } : null;
}

/** Reads a message of a source, does what it says and writes the answer: 204 where there is none, 500 with a fault as WinRM does it. */
export async function answerSource(services: Services, source: Source, body: Buffer): Promise<BytesAnswer> {
  let headers: AnsweredHeaders | null = null;
  const refuse = (to: AnsweredHeaders, why: FaultBody): BytesAnswer => ({
    status: 500,
    headers: typeOf(to),
    body: encodeText(writeFault(to, why, { ...messageId(), machine }), to.encoding),
  });
  try {
    const request = readRequest(body);
    headers = request.headers;
    const answer = await answerTo(services, source, request);
    if (!answer) return { status: 204, body: '' };
    return {
      headers: typeOf(headers),
      body: encodeText(writeResponse(headers, answer, messageId()), headers.encoding),
    };
  } catch (error) {
    if (error instanceof RefusedRequest) return refuse(error.headers, error.body);
    if (!headers) throw error;
    if (error instanceof WsmanFault) return refuse(headers, error.body);
    services.log.error({ err: error, hostId: source.hostId }, 'a delivery of a host could not be taken');
    return refuse(headers, faultBody('internalError'));
  }
}
