import { once } from 'node:events';
import type { OperationContext, ResourceProvider, SubscribeRequest } from '@atelier/plugin-kit';
import {
  type DeliveredEvent,
  element,
  fault,
  ItemPacker,
  ns,
  parseXml,
  placeName,
  readAnswer,
  readDeliveredBehind,
  readRequest,
  type SubscribeOperation,
  subscriptionManagerUri,
  textOf,
  type WsmanAnswer,
  type WsmanRequest,
  writeResponse,
  writeSubscriptionItem,
  type XmlElement,
} from '@atelier/wsman';
import { expect, it } from 'vitest';
import { type CollectorLink, CollectorUnreachable } from './collector-link.ts';
import { followCollector } from './follow-collector.ts';

const uri = 'urn:sample:log';
const manager = { server: 'https://collector/wsman/SubscriptionManager/WEC', refresh: 60, issuer: null };
const at = (n: number) => element('urn:sample', 'At', null, String(n));

/** A log of `count` events, which waits at its end. */
function sampleLog(count: number, size = 1): ResourceProvider {
  async function* subscribe({ bookmark }: SubscribeRequest, context: OperationContext) {
    const from = bookmark && bookmark !== 'earliest' ? Number(textOf(bookmark)) + 1 : 0;
    for (let n = from; n < count; n++)
      yield { item: element('urn:sample', 'Event', { n: String(n) }, 'x'.repeat(n === 5 ? size : 1)), bookmark: at(n) };
    if (!context.signal.aborted) await once(context.signal, 'abort');
  }
  return { name: 'sample', resources: [{ uri, exact: true, capabilities: ['subscribe'] }], subscribe };
}

/** A collector in memory that stores as ours does; `trouble` may throw before or after a message is dealt with. */
function collector(trouble: (request: WsmanRequest, when: 'before' | 'after') => void = () => {}) {
  const stored: string[] = [];
  const said: WsmanRequest['kind'][] = [];
  let place: XmlElement | null = null;
  let dropped = 0;
  const subscribe = (): SubscribeOperation => ({
    kind: 'subscribe',
    mode: 'events',
    notifyTo: { address: 'https://collector/1', parameters: [element(ns.eventing, 'Identifier', null, 'mine')] },
    endTo: { address: 'https://collector/1', parameters: [] },
    expires: null,
    filter: null,
    heartbeats: 100,
    connectionRetry: null,
    maxElements: 4,
    maxTime: 10,
    maxEnvelopeSize: 20_000,
    contentEncoding: 'utf-16',
    locale: null,
    contentFormat: null,
    sendBookmarks: true,
    bookmark: place ?? 'earliest',
    ignoreChannelError: false,
  });
  const take = (events: readonly DeliveredEvent[], bookmark: XmlElement, behind: string | null) => {
    if (place && placeName(bookmark) === placeName(place)) return;
    if (behind !== placeName(place)) throw fault('invalidBookmark');
    stored.push(...events.map((one) => one.content.attributes[0]!.value));
    place = bookmark;
  };
  const answerTo = (request: WsmanRequest) => {
    said.push(request.kind);
    if (request.kind === 'events')
      take(request.events, request.headers.bookmark as XmlElement, readDeliveredBehind(request.headers));
    if (request.kind === 'dropped-events') dropped += request.count;
    if (request.kind !== 'enumerate') return { kind: 'ack' } as const;
    expect(request.headers.resource.resourceUri).toBe(subscriptionManagerUri);
    const limits = {
      maxElements: 9,
      maxCharacters: null,
      maxEnvelopeSize: 99_999,
      encoding: 'utf-8',
      mode: 'object',
    } as const;
    const packer = new ItemPacker(limits);
    packer.offer(
      writeSubscriptionItem('uuid:1', subscribe(), {
        to: 'x',
        messageId: 'uuid:2',
        resource: { resourceUri: uri, selectors: [] },
      }),
    );
    return { kind: 'enumerate', context: '', expires: null, items: packer.finish(), end: true } as const;
  };
  const link: CollectorLink = {
    async send(_address, text, encoding): Promise<WsmanAnswer> {
      const request = readRequest(
        Buffer.from(encoding === 'utf-16' ? `\ufeff${text}` : text, encoding === 'utf-16' ? 'utf16le' : 'utf8'),
      );
      trouble(request, 'before');
      const answer = writeResponse(request.headers, answerTo(request), { messageId: 'uuid:3' });
      trouble(request, 'after');
      return readAnswer(Buffer.from(answer));
    },
    close: () => {},
  };
  return {
    link,
    stored,
    said,
    dropped: () => dropped,
    moveTo: (n: number) => {
      place = parseXml(`<At xmlns="urn:sample">${n}</At>`);
    },
  };
}

async function follows(to: ReturnType<typeof collector>, log: ResourceProvider, until: () => boolean) {
  const end = new AbortController();
  const lines: Readonly<Record<string, unknown>>[] = [];
  const following = {
    providers: () => [log],
    link: to.link,
    log: (line: (typeof lines)[number]) => void lines.push(line),
  };
  const done = followCollector(manager, following, end.signal);
  try {
    await expect.poll(until, { timeout: 8000, interval: 10 }).toBe(true);
  } finally {
    end.abort();
    await done;
  }
  return lines;
}
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n));

it('brings every event once and in order, though answers and messages are lost, then beats, and says goodbye', async () => {
  let count = 0;
  const to = collector((request, when) => {
    if (request.kind !== 'events') return;
    count++;
    if (when === 'before' ? count % 7 === 3 : count % 5 === 2) throw new CollectorUnreachable('gone');
  });
  const lines = await follows(to, sampleLog(20), () => to.stored.length === 20 && to.said.includes('heartbeat'));
  expect(to.stored).toEqual(numbers(0, 20));
  expect(to.said.at(-1)).toBe('subscription-end');
  // Said once when it begins and once when it is over, not with every try.
  expect(lines.map((one) => one.kind).slice(0, 2)).toEqual(['events-not-delivered', 'events-delivered']);
});

it('asks anew where to go on when the collector does not want a batch', async () => {
  let moved = false;
  const to = collector((request, when) => {
    if (request.kind !== 'events' || when === 'after' || moved) return;
    moved = true;
    // Somebody else stored these meanwhile.
    to.moveTo(9);
  });
  await follows(to, sampleLog(12), () => to.stored.length === 2);
  expect(to.stored).toEqual(['10', '11']);
  expect(to.said.filter((one) => one === 'enumerate').length).toBe(2);
});

it('leaves out an event that is larger than the collector takes, and says so', async () => {
  const to = collector();
  await follows(to, sampleLog(8, 30_000), () => to.stored.length === 7);
  expect(to.stored).toEqual(numbers(0, 8).filter((one) => one !== '5'));
  expect(to.dropped()).toBe(1);
});
