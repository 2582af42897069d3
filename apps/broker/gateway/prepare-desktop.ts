import type { Socket } from 'node:net';
import { newId } from '@atelier/adapters/postgres';
import type { BrokerFailureCode, ConnectionRequest } from '@atelier/domain/broker';
import { isSbError, SbError } from '@atelier/plugin-kit/broker';
import { decidePlace } from '../decision/decide-place.ts';
import type { ClientTools } from '../session/client-context.ts';
import type { PrepareOrder } from './gateway-order.ts';

/** What a server is told while a desktop is found and started, one line of JSON each. */
export type PrepareMessage =
  | { readonly kind: 'status'; readonly text: string }
  | {
      readonly kind: 'ready';
      /** A routing token, which opens the connection. */
      readonly token: string;
      readonly target: string;
      /** To sign in there with; null: the person types them. */
      readonly credentials: { readonly user: string; readonly password: string } | null;
    }
  | { readonly kind: 'failed'; readonly code: BrokerFailureCode | 'ticket'; readonly text: string };

/**
 * Decides where the holder of a ticket goes, by the same chain as for clients at the port, and has the target started. The server that hangs up meanwhile
 * cancels it.
 */
export async function prepareDesktop(tools: ClientTools, socket: Socket, order: PrepareOrder): Promise<void> {
  const { directory, identity, notes, passwords, log } = tools.parts;
  const correlationId = newId();
  const tell = (message: PrepareMessage) => socket.writable && socket.write(`${JSON.stringify(message)}\n`);
  const gone = new AbortController();
  const onGone = () => gone.abort(new Error('the browser went away'));
  socket.on('end', onGone).on('close', onGone).resume();
  const holder = (await identity.redeemTicket?.(order.user, order.ticket, order.address)) ?? null;
  const { groupIds, collections } = holder ? await directory.rightsOf(holder.id) : { groupIds: [], collections: [] };
  const collection = collections.find(({ name }) => name === holder?.collection);
  if (!holder || !collection) {
    const { address } = order;
    notes.failed({ user: order.user, signedIn: false, address, why: 'the ticket is not good', correlationId });
    tell({ kind: 'failed', code: 'ticket', text: 'the ticket is not good' });
    return;
  }
  notes.signedIn({ user: holder.name, address: order.address, by: 'ticket, in the browser', correlationId });
  const request: ConnectionRequest = {
    id: correlationId,
    userId: holder.id,
    user: holder.name,
    domain: '',
    groupIds,
    collection: collection.name,
    initialProgram: '',
    client: {
      name: order.client,
      address: order.address,
      build: 0,
      tsvUrl: '',
      display: { width: order.width, height: order.height, depth: 32 },
    },
    properties: {},
  };
  const making = decidePlace(
    { ...tools, directory, silent: () => tools.looks.silent() },
    {
      request,
      collection,
      signal: gone.signal,
      not: [],
      sink: { report: (_status, text) => text && tell({ kind: 'status', text: text.slice(0, 200) }) },
    },
  );
  const record = (
    outcome: 'redirected' | 'failed' | 'cancelled',
    sessionId: string | null,
    failure: string | null,
    target: string | null,
  ) =>
    directory
      .recordConnection({
        id: request.id,
        request,
        outcome,
        sessionId,
        failure,
        trace: making.decision.trace.finish(target),
      })
      .catch((error: unknown) => log.warn({ err: error, correlationId }, 'a connection could not be recorded'));
  try {
    const place = await making.place;
    if (place.kind !== 'target') throw new SbError('no-target', 'this desktop opens in an RDP client only');
    const { claim } = place;
    try {
      if (gone.signal.aborted) throw new SbError('cancelled', 'the browser went away');
      const token = await directory.issueToken(claim, order.address);
      const single = collection.targetSignIn === 'single-use-password';
      const credentials = single ? { user: holder.name, password: passwords.make(holder.name, claim.target.id) } : null;
      tell({ kind: 'ready', token, target: claim.target.name, credentials });
    } catch (error) {
      if (claim.result.isNewConnection) await directory.releaseClaim(claim.session.id, 'failed');
      throw error;
    }
    await record('redirected', claim.session.id, null, claim.target.name);
  } catch (error) {
    const code = isSbError(error) ? error.code : gone.signal.aborted ? 'cancelled' : 'loading-destination';
    const text = error instanceof Error ? error.message : String(error);
    if (!isSbError(error) && code !== 'cancelled') log.error({ err: error, correlationId }, 'a decision failed');
    notes.failed({ user: holder.name, signedIn: true, address: order.address, why: text, correlationId });
    tell({ kind: 'failed', code, text });
    await record(code === 'cancelled' ? 'cancelled' : 'failed', null, code, null);
  }
}
