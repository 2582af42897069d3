import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadBalanceResult, Session } from '@atelier/domain/broker';
import { createMemoryStore, memoryProvider, sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import type { BuiltIn } from '../broker-chain.ts';
import { createChain } from '../create-chain.ts';
import { registered, sampleBuiltIn, sampleDecision } from '../testing/sample-decision.ts';
import { IsolatedPlugIn, type IsolationLimits } from './isolated-plug-in.ts';
import { workerTransport } from './worker-transport.ts';

const module = join(import.meta.dirname, '../testing/odd-plug-in.ts');
const stopping: IsolatedPlugIn[] = [];

const begin = (mode: string, limits: Partial<IsolationLimits> = {}, targets = 2) => {
  const store = createMemoryStore(Array.from({ length: targets }, (_, n) => sampleTarget(`h${n + 1}`)));
  const plugIn = new IsolatedPlugIn(
    'odd',
    memoryProvider(store, 'odd', { mode }),
    workerTransport({ module, name: 'odd', memoryLimit: 32 }),
    { backOff: 10, pingMs: 300, ...limits },
  );
  stopping.push(plugIn);
  return { plugIn, store };
};

const chainOf = (plugIn: IsolatedPlugIn, builtIn: Partial<BuiltIn> = {}, budget = 300) =>
  createChain({
    plugIns: [registered(plugIn.plugin, { runs: 'worker', isolation: plugIn, budgets: { 'load-balancing': budget } })],
    builtIn: sampleBuiltIn(builtIn),
    findTarget: async (name) => (name === 'h1' || name === 'h2' ? sampleTarget(name) : null),
  });

const outcomes = (decision: ReturnType<typeof sampleDecision>) =>
  decision.trace.finish(null).steps.map((one) => `${one.by} ${one.outcome}`);

describe('a plug-in in a thread of its own', () => {
  afterEach(async () => {
    await Promise.all(stopping.splice(0).map((one) => one.stop()));
  });

  it('asks below over the wire, whose time does not count against it', async () => {
    const { plugIn } = begin('good');
    await plugIn.start();
    const slow = async (): Promise<LoadBalanceResult> => {
      await sleep(400);
      return { targetName: 'h1', isNewConnection: true };
    };
    const decision = sampleDecision();
    const chain = chainOf(plugIn, { getMostSuitableTarget: slow });
    expect(await chain.getMostSuitableTarget(decision)).toEqual({ targetName: 'h2', isNewConnection: true });
    expect(outcomes(decision)).toEqual(['atelier chose', 'odd chose']);
    expect(chain.statuses()[0]).toMatchObject({ state: 'ready', stages: ['load-balancing'], runs: 'worker', calls: 1 });
  });

  it.each([
    ['throw', 'odd failed', /no luck/],
    ['nonsense', 'odd failed', /its answer is none/],
    ['hang', 'odd timed-out', /more than its 300 ms/],
    ['loop', 'odd timed-out', /more than its 300 ms|does not answer/],
    ['exit', 'odd failed', /ended with 3/],
    ['hoard', 'odd failed', /memory/i],
    ['hoard-buffers', 'odd failed', /32 MB of memory in buffers/],
    ['flood', 'odd failed', /messages in a second/],
  ])('%s: the chain goes on without it', async (mode, outcome, message) => {
    const { plugIn } = begin(mode, { mostMessages: 5000 });
    await plugIn.start();
    const chain = chainOf(plugIn, {}, mode.startsWith('hoard') || mode === 'flood' ? 10_000 : 300);
    const decision = sampleDecision();
    expect(await chain.getMostSuitableTarget(decision)).toEqual({ targetName: 'h1', isNewConnection: true });
    expect(outcomes(decision)).toEqual([outcome, 'atelier chose']);
    expect(chain.statuses()[0]?.lastError?.message).toMatch(message);
  });

  it('is ended in an endless loop and started again; one that only waits is not', async () => {
    const loops = begin('loop');
    await loops.plugIn.start();
    await chainOf(loops.plugIn).getMostSuitableTarget(sampleDecision());
    await expect.poll(() => loops.plugIn.status(), { timeout: 5000 }).toMatchObject({ state: 'ready', restarts: 1 });
    expect(loops.plugIn.status().lastError?.message).toMatch(/does not answer/);

    const waits = begin('wait-for-abort', { pingMs: 5000 });
    await waits.plugIn.start();
    await chainOf(waits.plugIn).getMostSuitableTarget(sampleDecision());
    await expect.poll(() => waits.store.log).toContain('info aborted');
    expect(waits.plugIn.status()).toMatchObject({ state: 'ready', restarts: 0, lastError: null });
  });

  it('can fail the connection, and reads and locks what it may', async () => {
    const refuses = begin('refuse');
    await refuses.plugIn.start();
    await expect(chainOf(refuses.plugIn).getMostSuitableTarget(sampleDecision())).rejects.toMatchObject({
      name: 'SbError',
      code: 'access-denied',
      message: 'not today',
    });

    const looks = begin('look', {}, 250);
    await looks.plugIn.start();
    const reports: unknown[] = [];
    const decision = sampleDecision({
      sink: { report: (...given) => reports.push(given) },
      liveSession: async () => ({ state: 'disconnected', createdAt: new Date() }) as Session,
    });
    await chainOf(looks.plugIn, {}, 5000).getMostSuitableTarget(decision);
    expect(outcomes(decision)).toEqual(['odd chose']);
    expect(looks.store.log).toEqual([
      `info ${JSON.stringify({ env: [], argv: [], targets: 250 })}`,
      'info true true not-owner',
    ]);
    expect(reports).toEqual([['finding-destination', 'looking around']]);
    expect(await decision.connection.getContext('seen')).toBe(250);
    expect(looks.store.locks.size).toBe(0);
  });

  it('keeps its output apart, and bounded', async () => {
    const { plugIn, store } = begin('print');
    await plugIn.start();
    expect((await chainOf(plugIn).getMostSuitableTarget(sampleDecision())).targetName).toBe('h2');
    await expect.poll(() => store.log.length).toBeGreaterThan(0);
    expect(store.log.join('').length).toBeLessThan(30_000);
  });

  it('gives its locks back when it dies', async () => {
    const { plugIn, store } = begin('keep-lock');
    await plugIn.start();
    await chainOf(plugIn).getMostSuitableTarget(sampleDecision());
    await expect.poll(() => store.locks.size).toBe(0);
  });

  it('that cannot be started says why, and is tried again', async () => {
    const { plugIn } = begin('fail-to-load');
    await expect(plugIn.start()).rejects.toThrow(/no settings/);
    expect(plugIn.status()).toMatchObject({
      state: 'failed',
      lastError: { message: expect.stringMatching(/no settings/) },
    });
    await expect.poll(() => plugIn.status().restarts, { timeout: 5000 }).toBeGreaterThan(0);
    const loops = begin('loop-at-start', { startMs: 1000 });
    await expect(loops.plugIn.start()).rejects.toThrow(/not ready within 1000 ms/);
  });

  it('is told of what changes; when it does not keep up, the most is dropped, and in a loop it is ended', async () => {
    const good = begin('good');
    await good.plugIn.start();
    const target = sampleTarget('h1');
    for (let batch = 0; batch < 20; batch++) {
      for (let n = 0; n < 500; n++) good.plugIn.plugin.notifyTargetChange?.(0x20, target);
      // As much as may wait, and no more.
      await good.plugIn.request('ping', []);
    }
    await expect.poll(() => good.store.log).toEqual(['info told 10000 times']);

    const loops = begin('loop-when-told', { mostUnread: 100 });
    await loops.plugIn.start();
    for (let n = 0; n < 1000; n++) loops.plugIn.plugin.notifyTargetChange?.(0x20, target);
    expect(loops.store.log).toEqual(['warning does not keep up: of 100 notifications that wait, more are dropped']);
    await expect.poll(() => loops.plugIn.status(), { timeout: 5000 }).toMatchObject({ state: 'ready', restarts: 1 });
  });

  it('costs 64 decisions its budget once and a second at most, and others nothing', async () => {
    const { plugIn } = begin('loop');
    await plugIn.start();
    const chain = createChain({
      plugIns: [
        registered(plugIn.plugin, {
          runs: 'worker',
          isolation: plugIn,
          budgets: { 'load-balancing': 300 },
          collections: ['office'],
        }),
      ],
      builtIn: sampleBuiltIn(),
      findTarget: async (name) => sampleTarget(name),
    });
    const begun = performance.now();
    const hit = Promise.all(
      Array.from({ length: 64 }, async () => {
        await chain.getMostSuitableTarget(sampleDecision());
        return performance.now() - begun;
      }),
    );
    let others = 0;
    const base = sampleDecision();
    for (let n = 0; n < 64; n++) {
      const at = performance.now();
      const other = sampleDecision({ request: { ...base.connection, collection: 'lab' } });
      await chain.getMostSuitableTarget(other);
      others = Math.max(others, performance.now() - at);
    }
    expect(others).toBeLessThan(250);
    expect(Math.max(...(await hit))).toBeLessThan(1300);
    expect(chain.statuses()[0]).toMatchObject({ state: 'suspended' });
    const at = performance.now();
    await chain.getMostSuitableTarget(sampleDecision());
    expect(performance.now() - at).toBeLessThan(100);
  });
});
