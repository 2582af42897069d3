import { expect, it } from 'vitest';
import type { Provisioning, ProvisioningSink } from '../src/provisioning.ts';
import type { AtWork } from './at-work.ts';
import type { MachineHolds } from './machine-holds.ts';
import type { MachineJob } from './machine-job.ts';
import { runMachineJob } from './run-machine-job.ts';

const job: MachineJob = {
  what: 'create',
  collectionId: 'c1',
  collection: 'Labs',
  vmNames: ['m1', 'm2'],
  image: null,
  settings: {},
};

function room(
  work: (sink: ProvisioningSink, names: readonly string[]) => Promise<void>,
  there: readonly string[] = [],
) {
  const targets = new Set(there);
  const lines: string[] = [];
  const told: string[] = [];
  let released = 0;
  let resets = 0;
  const abort = new AbortController();
  const locks: MachineHolds = {
    lock: async (_, name) => ({
      targetName: name,
      fence: 1,
      signal: new AbortController().signal,
      release: async () => {
        released += 1;
      },
    }),
    there: async (_collection, _provider, names) => new Set(names.filter((one) => targets.has(one))),
  };
  const methods = {
    createVirtualMachines: ({ vmNames }, sink) => work(sink, vmNames),
    deleteVirtualMachines: ({ vmNames }, sink) => work(sink, vmNames),
    patchVirtualMachines: ({ vmNames }, sink) => work(sink, vmNames),
    cancelJob: async (id) => void told.push(`cancel ${id}`),
  } satisfies Provisioning;
  const plugIn: AtWork<Provisioning> = {
    name: 'maker',
    provider: 'maker',
    methods,
    hold: () => () => void told.push('let go'),
    checkAlive: () => {},
    reset: () => {
      resets += 1;
    },
  };
  const run = (said: Partial<MachineJob> = {}) =>
    runMachineJob(
      plugIn,
      'j1',
      { ...job, ...said },
      {
        locks,
        log: (line) => lines.push(line),
        progress: (fraction, message) => told.push(`${fraction} ${message}`),
        signal: abort.signal,
        cancelMs: () => 50,
      },
    );
  return { run, targets, lines, told, abort, released: () => released, resets: () => resets };
}

it('tells progress, gives back what the plug-in forgot, and leaves out what is there already', async () => {
  const { run, targets, lines, told, released } = room(
    async (sink, names) => {
      for (const vmName of names) {
        await sink.lockVirtualMachine({ vmName, vmHost: 'b' });
        targets.add(vmName);
        sink.onVirtualMachineStatusChanged({ vmName, vmHost: 'b' }, 'complete');
      }
    },
    ['m1'],
  );
  expect(await run()).toEqual({
    state: 'done',
    result: { machines: [{ vmName: 'm2', vmHost: 'b', status: 'complete', error: '' }] },
  });
  expect([lines, told, released()]).toEqual([
    ['m1: there already', 'm2 on b: complete'],
    ['1 1 of 1 machines', 'let go'],
    1,
  ]);
  expect(await run()).toEqual({ state: 'done', result: { machines: [] } });
});

it.each<[string, (sink: ProvisioningSink) => Promise<void>, RegExp]>([
  ['throws', async () => Promise.reject(new Error('no space')), /maker: no space/],
  ['says that it failed', async (sink) => sink.onJobCompleted('half of it'), /maker: half of it/],
  ['gives up', async (sink) => sink.onJobCancelled(), /gave up/],
  [
    'says what is not so',
    async (sink) => sink.onVirtualMachineStatusChanged({ vmName: 'm1', vmHost: '' }, 'complete'),
    /2 of 2 machines failed: m1, m2/,
  ],
  ['tells nothing', async () => {}, /2 of 2 machines failed: m1, m2/],
  [
    'tells of other machines',
    async (sink) => sink.onVirtualMachineStatusChanged({ vmName: 'x', vmHost: '' }, 'complete'),
    /x is no machine of this job/,
  ],
  [
    'tells nonsense',
    async (sink) => sink.onVirtualMachineStatusChanged({ vmName: 'm1', vmHost: '' }, 'fine' as never),
    /fine is no status/,
  ],
])('a plug-in that %s has failed', async (_, work, why) => {
  const { run } = room(work);
  expect(await run()).toMatchObject({
    state: 'failed',
    error: { code: 'broker.plug-in-failed', detail: expect.stringMatching(why) },
  });
});

it('one that goes on when it was cancelled is started anew; one that had done all by then is done', async () => {
  const stubborn = room(() => new Promise(() => {}));
  const ended = stubborn.run();
  stubborn.abort.abort();
  expect(await ended).toEqual({ state: 'cancelled' });
  expect([stubborn.resets(), stubborn.told]).toEqual([1, ['cancel j1', 'let go']]);
  const quick = room(async (sink, names) => {
    for (const vmName of names) {
      quick.targets.add(vmName);
      sink.onVirtualMachineStatusChanged({ vmName, vmHost: '' }, 'complete');
    }
    quick.abort.abort();
  });
  expect(await quick.run()).toMatchObject({ state: 'done' });
});
