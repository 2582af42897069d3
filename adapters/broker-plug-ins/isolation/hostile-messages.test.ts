import { createMemoryStore, memoryProvider, sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { expect, it } from 'vitest';
import { longestLine } from './child-transport.ts';
import { HostCalls } from './host-calls.ts';
import type { RpcMessage } from './rpc-message.ts';
import { RpcPeer } from './rpc-peer.ts';

/** What plug-ins in processes say, as `testing/odd-child.mjs` and the examples wrote it. */
const said: readonly RpcMessage[] = [
  { jsonrpc: '2.0', id: 1, method: 'globalStore.queryTarget', params: ['h1'] },
  { jsonrpc: '2.0', id: 2, method: 'globalStore.enumerateTargets', params: [{ collection: 'office' }, null] },
  { jsonrpc: '2.0', id: 3, method: 'resourceStore.setTargetProperty', params: ['h1', 'rack', 'b7', 1] },
  { jsonrpc: '2.0', id: 4, method: 'resourceStore.setTargetState', params: ['h1', 'running'] },
  { jsonrpc: '2.0', id: 5, method: 'filterPluginStore.saveProperties', params: [{ seen: 7, name: 'odd' }] },
  {
    jsonrpc: '2.0',
    id: 6,
    method: 'resourceStore.addTarget',
    params: [{ name: 'h9', collection: 'office', weight: 5 }],
  },
  { jsonrpc: '2.0', id: 7, method: 'report', params: { call: 1, status: 'vm-booting', text: 'starting' } },
  { jsonrpc: '2.0', id: 8, method: 'next', params: { call: 1 } },
  { jsonrpc: '2.0', id: 9, method: 'log', params: ['info', 'hello'] },
  { jsonrpc: '2.0', id: 10, method: 'closeEnumeration', params: [1] },
  { jsonrpc: '2.0', id: 11, method: 'job.updateJobMetadata', params: ['job', {}] },
  { jsonrpc: '2.0', id: 1, result: { targetName: 'h1', isNewConnection: true } },
  { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'no', data: { name: 'SbError', code: 'no-target' } } },
];

/** Numbers from 0 to below `limit`, the same in each run. */
function belowFrom(seed: number) {
  let state = seed;
  return (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
}

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
const odd: readonly unknown[] = [
  null,
  -1,
  1e308,
  2 ** 53,
  '',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  'a'.repeat(5000),
  [],
  {},
  deep(200),
  Array.from({ length: 20 }, () => 'h1'),
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
  true,
];

/** A changed copy: one value somewhere in it is another one, is missing, or stands under another name. */
function spoiled(below: (limit: number) => number, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || below(4) === 0) return odd[below(odd.length)];
  const entries = Object.entries(value);
  const at = below(Math.max(1, entries.length));
  const changed = entries.flatMap(([key, one], n): [string, unknown][] => {
    if (n !== at) return [[key, one]];
    const kind = below(6);
    if (kind === 0) return [];
    if (kind === 1) return [[`${odd[5 + below(5)]}`, one]];
    return [[key, spoiled(below, one)]];
  });
  return Array.isArray(value) ? changed.map(([, one]) => one) : Object.fromEntries(changed);
}

it('answers what plug-ins say wrongly by an error, each request once, and takes no harm: 20,000 messages', async () => {
  const below = belowFrom(20261121);
  const store = createMemoryStore([sampleTarget('h1'), sampleTarget('h2')]);
  const calls = new HostCalls(memoryProvider(store, 'odd'), () => {});
  const answers: RpcMessage[] = [];
  const peer = new RpcPeer({
    send: (message) => void answers.push(message),
    handle: (method, params) => calls.answer(method, params),
    mostWaiting: 10,
  });
  let requests = 0;
  let good = 0;
  for (let n = 0; n < 20_000; n++) {
    const message = spoiled(below, said[n % said.length]);
    const { id, method } = (typeof message === 'object' && message !== null ? message : {}) as RpcMessage;
    if (typeof method === 'string' && id !== undefined && id !== null) requests += 1;
    // A message that is none is said to be none; whatever it is, nothing is thrown.
    expect(typeof peer.receive(message)).toBe('boolean');
    if (n % 500 === 0) await expect.poll(() => answers.length).toBe(requests);
  }
  await expect.poll(() => answers.length).toBe(requests);
  for (const { error, result } of answers) {
    expect(error === undefined).toBe(result !== undefined);
    if (error) expect(error.message.length).toBeLessThanOrEqual(1000);
    else good += 1;
  }
  expect(good).toBeGreaterThan(500);
  expect(answers.length - good).toBeGreaterThan(5000);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(store.targets.size).toBeLessThan(50);
  expect(Math.max(...answers.map((one) => JSON.stringify(one).length))).toBeLessThan(longestLine);
  await calls.reset();
});
