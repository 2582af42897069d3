import { join } from 'node:path';
import { createMemoryStore, memoryProvider, sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { createChain } from '../create-chain.ts';
import { registered, sampleBuiltIn, sampleDecision } from '../testing/sample-decision.ts';
import { childTransport } from './child-transport.ts';
import { IsolatedPlugIn } from './isolated-plug-in.ts';

const folder = join(import.meta.dirname, '../testing');
const stopping: IsolatedPlugIn[] = [];

async function begin(mode: string, command: readonly string[] = [process.execPath, './odd-child.mjs', 'argument']) {
  const store = createMemoryStore([sampleTarget('h1'), sampleTarget('h2')]);
  const plugIn = new IsolatedPlugIn(
    'odd',
    memoryProvider(store, 'odd', { mode }),
    childTransport({ command, folder, memoryLimit: null, residentLimit: 200 }),
    { backOff: 10 },
  );
  stopping.push(plugIn);
  const started = plugIn.start();
  const chain = createChain({
    plugIns: [registered(plugIn.plugin, { runs: 'child', isolation: plugIn, budgets: { 'load-balancing': 1000 } })],
    builtIn: sampleBuiltIn(),
    findTarget: async (name) => store.targets.get(name) ?? null,
  });
  const decide = async () => {
    const decision = sampleDecision();
    const { targetName } = await chain.getMostSuitableTarget(decision);
    return { targetName, steps: decision.trace.finish(null).steps.map((one) => `${one.by} ${one.outcome}`) };
  };
  return { plugIn, store, started, decide };
}

describe('a plug-in in a process of its own', () => {
  afterEach(async () => {
    await Promise.all(stopping.splice(0).map((one) => one.stop()));
  });

  it('speaks the same protocol, over lines', async () => {
    const { started, decide } = await begin('good');
    await started;
    expect(await decide()).toEqual({ targetName: 'h2', steps: ['atelier chose', 'odd chose'] });
  });

  it('sees nothing of our environment', async () => {
    const { started, decide, store } = await begin('environment');
    await started;
    expect((await decide()).steps).toEqual(['odd passed', 'atelier chose']);
    expect(store.log).toEqual([`info ${JSON.stringify([['HOME', 'LANG', 'PATH'], ['argument']])}`]);
  });

  it('may print what is no message, within limits', async () => {
    const some = await begin('garbage');
    await some.started;
    expect((await some.decide()).targetName).toBe('h2');
    expect(some.plugIn.status()).toMatchObject({ state: 'ready', restarts: 0 });
    expect(some.store.log.join('\n')).toMatch(/no message: hello/);

    const much = await begin('much-garbage');
    await much.started;
    expect(await much.decide()).toMatchObject({ targetName: 'h1', steps: ['odd failed', 'atelier chose'] });
    expect(much.plugIn.status().lastError?.message).toMatch(/1001 lines/);

    const long = await begin('long-line');
    await long.started;
    expect((await long.decide()).steps).toEqual(['odd failed', 'atelier chose']);
    expect(long.plugIn.status().lastError?.message).toMatch(/a line longer than/);
  });

  it('may ask for what there is not, and answer what nobody asked', async () => {
    const { started, decide, plugIn } = await begin('strange-answers');
    await started;
    expect((await decide()).targetName).toBe('h2');
    expect(plugIn.status()).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it.each(['exit', 'loop', 'loop-deaf', 'hoard'])('%s: the chain goes on, and it is started again', async (mode) => {
    const { started, decide, plugIn } = await begin(mode);
    await started;
    const begun = performance.now();
    expect((await decide()).targetName).toBe('h1');
    expect(performance.now() - begun).toBeLessThan(2000);
    await expect.poll(() => plugIn.status(), { timeout: 10_000 }).toMatchObject({ state: 'ready', restarts: 1 });
  });

  it('that cannot be started says so', async () => {
    const { started, plugIn } = await begin('good', ['/there/is/no/such/program']);
    await expect(started).rejects.toThrow();
    expect(plugIn.status().state).toBe('failed');
  });
});
