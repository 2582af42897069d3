import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OperationContext } from '@atelier/plugin-kit';
import {
  element,
  ns,
  parseXml,
  readDroppedEvents,
  readItems,
  readRequest,
  readSubscribed,
  type SubscribeOperation,
  type WsmanFault,
  type WsmanRequest,
  writeResponse,
} from '@atelier/wsman';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, sampleProvider, sampleUri, startTestAgent, type TestAgent } from '../testing/index.ts';

let agent: TestAgent;
let sink: Server | null = null;
afterEach(async () => {
  await agent.stop();
  sink?.closeAllConnections();
  sink?.close();
  sink = null;
});

const all = { resource: { resourceUri: sampleUri, selectors: [] } };
const subscribe = (wishes: Partial<SubscribeOperation>): SubscribeOperation => ({
  kind: 'subscribe',
  mode: 'pull',
  notifyTo: null,
  endTo: null,
  expires: null,
  filter: null,
  heartbeats: null,
  connectionRetry: { count: 2, interval: 20 },
  maxElements: null,
  maxTime: null,
  maxEnvelopeSize: null,
  contentEncoding: 'utf-8',
  locale: null,
  contentFormat: null,
  sendBookmarks: false,
  bookmark: null,
  ignoreChannelError: false,
  ...wishes,
});

/** A sink that keeps what comes; `refuse` says how often it first answers 500. */
async function startSink(
  acks: boolean,
  refuse = 0,
): Promise<{
  readonly got: WsmanRequest[];
  readonly endpoint: { address: string; parameters: ReturnType<typeof element>[] };
}> {
  const got: WsmanRequest[] = [];
  let left = refuse;
  sink = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (left-- > 0) return void response.writeHead(500).end();
    const message = readRequest(Buffer.concat(chunks));
    got.push(message);
    response.end(acks ? writeResponse(message.headers, { kind: 'ack' }, { messageId: 'uuid:1' }) : '');
  });
  await new Promise<void>((resolve) => sink!.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/sink`;
  return { got, endpoint: { address, parameters: [element(ns.eventing, 'Identifier', null, 'mine')] } };
}
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no fault',
    (error: WsmanFault) => error.body?.number ?? error.message,
  );
const events = (got: readonly WsmanRequest[]) => got.flatMap((one) => (one.kind === 'events' ? one.events : []));

/** Two events, between which seven were lost. */
async function* loses(_request: unknown, context: OperationContext) {
  const one = (text: string) => ({
    item: element('urn:sample', 'One', null, text),
    bookmark: element('urn:sample', 'At', null, text),
  });
  yield one('a');
  yield { dropped: 7 };
  yield one('b');
  await once(context.signal, 'abort');
}

describe('a subscription', () => {
  it('is pulled, without waiting for more than there is', async () => {
    agent = await startTestAgent({ transports: ['HTTP'], providers: [sampleProvider(3)] });
    const subscribed = readSubscribed(await ask(agent.http, subscribe({}), all));
    const context = subscribed.context!;
    const pull = { kind: 'pull', context, maxElements: 20, maxCharacters: null, maxTime: 200 } as const;
    let count = 0;
    while (count < 3) count += readItems(await ask(agent.http, pull, all), 'object').items.length;
    expect(await faultOf(ask(agent.http, pull, all))).toBe(2150858780);
    const { identifier } = subscribed;
    await ask(
      agent.http,
      { kind: 'renew', identifier, expires: { kind: 'after', milliseconds: 5000 } },
      { ...all, parameters: [element(ns.eventing, 'Identifier', null, identifier)] },
    );
    await ask(
      agent.http,
      { kind: 'unsubscribe', identifier },
      { ...all, parameters: [element(ns.eventing, 'Identifier', null, identifier)] },
    );
    expect(await faultOf(ask(agent.http, pull, all))).toBe(2150858779);
    expect(
      await faultOf(
        ask(
          agent.http,
          { kind: 'unsubscribe', identifier },
          { ...all, parameters: [element(ns.eventing, 'Identifier', null, identifier)] },
        ),
      ),
    ).toBe(2150858789);
  });

  it('says with each pull where its events end, when that is asked for', async () => {
    agent = await startTestAgent({ transports: ['HTTP'], providers: [sampleProvider(5)] });
    const bookmarks = async (sendBookmarks: boolean, bookmark: SubscribeOperation['bookmark'] = null) => {
      const { context } = readSubscribed(await ask(agent.http, subscribe({ sendBookmarks, bookmark }), all));
      const pull = { kind: 'pull', context: context!, maxElements: 2, maxCharacters: null, maxTime: 200 } as const;
      const answer = await ask(agent.http, pull, all);
      return [readItems(answer, 'object').items.length, answer.bookmark?.children[0] ?? null];
    };
    expect(await bookmarks(true)).toEqual([2, '1']);
    expect(await bookmarks(true, parseXml('<At xmlns="urn:sample">1</At>'))).toEqual([2, '3']);
    expect(await bookmarks(false)).toEqual([2, null]);
  });

  it('is pushed, event by event, and told when the source ends', async () => {
    agent = await startTestAgent({ transports: ['HTTP'], providers: [sampleProvider(3)] });
    const { got, endpoint } = await startSink(false);
    await ask(agent.http, subscribe({ mode: 'push', notifyTo: endpoint, endTo: endpoint }), all);
    await expect.poll(() => events(got).length).toBe(3);
    expect(got.every((one) => one.headers.identifier === 'mine')).toBe(true);
    await agent.stop();
    expect(got.at(-1)).toMatchObject({ kind: 'subscription-end', status: 'SourceShuttingDown' });
  });

  it('is acknowledged, in batches, with bookmarks to go on behind', async () => {
    agent = await startTestAgent({ transports: ['HTTP'], providers: [sampleProvider(10)] });
    const { got, endpoint } = await startSink(true);
    const bookmark = parseXml('<At xmlns="urn:sample">3</At>');
    await ask(
      agent.http,
      subscribe({ mode: 'events', notifyTo: endpoint, maxElements: 4, maxTime: 100, sendBookmarks: true, bookmark }),
      all,
    );
    await expect.poll(() => events(got).length).toBe(6);
    expect(got.map((one) => (one.kind === 'events' ? one.events.length : 0))).toEqual([4, 2]);
    expect(got.every((one) => one.headers.ackRequested)).toBe(true);
    expect(got.at(-1)!.headers.bookmark).toMatchObject({ name: 'At', children: ['9'] });
  });

  it('beats when there is nothing, and tries again when the sink refuses', async () => {
    agent = await startTestAgent({ transports: ['HTTP'], providers: [sampleProvider(1)] });
    const { got, endpoint } = await startSink(true, 2);
    await ask(agent.http, subscribe({ mode: 'push-with-ack', notifyTo: endpoint, heartbeats: 500 }), all);
    await expect.poll(() => got.map((one) => one.kind), { timeout: 5000 }).toEqual(['events', 'heartbeat']);
  });

  it('ends when nobody takes its events, and says so', async () => {
    agent = await startTestAgent({ transports: ['HTTP'], providers: [sampleProvider(1)] });
    const { got, endpoint } = await startSink(false);
    const nobody = { address: 'http://127.0.0.1:9/sink', parameters: [] };
    await ask(agent.http, subscribe({ mode: 'push', notifyTo: nobody, endTo: endpoint }), all);
    await expect.poll(() => got.map((one) => one.kind), { timeout: 5000 }).toEqual(['subscription-end']);
    expect(got[0]).toMatchObject({ status: 'DeliveryFailure' });
  });

  it('says how many events were lost on the way, whichever way they come', async () => {
    const provider = { ...sampleProvider(0), subscribe: loses };
    agent = await startTestAgent({ transports: ['HTTP'], providers: [provider] });
    for (const mode of ['push-with-ack', 'events'] as const) {
      const { got, endpoint } = await startSink(true);
      await ask(agent.http, subscribe({ mode, notifyTo: endpoint, maxElements: 10, maxTime: 50 }), all);
      await expect.poll(() => got.map((one) => one.kind)).toEqual(['events', 'dropped-events', 'events']);
      expect(got[1]).toMatchObject({ count: 7, headers: { identifier: 'mine', ackRequested: true } });
      sink?.closeAllConnections();
      sink?.close();
    }
    const { context } = readSubscribed(await ask(agent.http, subscribe({ sendBookmarks: true }), all));
    const pull = { kind: 'pull', context: context!, maxElements: 3, maxCharacters: null, maxTime: 1000 } as const;
    const answer = await ask(agent.http, pull, all);
    const items = readItems(answer, 'object').items.map(({ item }) => readDroppedEvents(item) ?? item?.children[0]);
    expect([items, answer.bookmark?.children[0]]).toEqual([['a', 7, 'b'], 'b']);
  });

  it('leaves out an event that is larger than the sink takes, and says so', async () => {
    const huge = async function* (_request: unknown, context: OperationContext) {
      for (const text of ['a', 'x'.repeat(20_000), 'b']) yield { item: element('urn:sample', 'One', null, text) };
      await once(context.signal, 'abort');
    };
    agent = await startTestAgent({ transports: ['HTTP'], providers: [{ ...sampleProvider(0), subscribe: huge }] });
    const { got, endpoint } = await startSink(true);
    const wishes = {
      mode: 'events',
      notifyTo: endpoint,
      maxElements: 10,
      maxTime: 50,
      maxEnvelopeSize: 16_384,
    } as const;
    await ask(agent.http, subscribe(wishes), all);
    await expect.poll(() => events(got).map((one) => one.content.children[0])).toEqual(['a', 'b']);
    expect(got[0]).toMatchObject({ kind: 'dropped-events', count: 1 });
    // Or says nothing, or ends, as the subscriber wished.
    got.length = 0;
    await ask(agent.http, subscribe({ ...wishes, oversized: 'skip' }), all);
    await expect.poll(() => events(got).length).toBe(2);
    expect(got.map((one) => one.kind)).toEqual(['events']);
    got.length = 0;
    await ask(agent.http, subscribe({ ...wishes, oversized: 'cancel', endTo: endpoint }), all);
    await expect.poll(() => got.map((one) => one.kind)).toEqual(['subscription-end']);
  });

  it('expires', async () => {
    agent = await startTestAgent({ transports: ['HTTP'], providers: [sampleProvider(0)] });
    const { identifier } = readSubscribed(
      await ask(agent.http, subscribe({ expires: { kind: 'after', milliseconds: 100 } }), all),
    );
    const parameters = [element(ns.eventing, 'Identifier', null, identifier)];
    await expect
      .poll(() => faultOf(ask(agent.http, { kind: 'subscription-status', identifier }, { ...all, parameters })))
      .toBe(2150858789);
    const past = { kind: 'after', milliseconds: -1 } as const;
    expect(await faultOf(ask(agent.http, subscribe({ expires: past }), all))).toBe(2150858783);
  });
});
