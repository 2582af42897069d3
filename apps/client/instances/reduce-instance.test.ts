import { expect, it } from 'vitest';
import { testWorkspace } from '../testing/test-workspace.ts';
import type { Happening } from './happening.ts';
import { atRest, type InstanceRecord, instanceRecordSchema, newInstanceRecord } from './instance-record.ts';
import { reduceInstance } from './reduce-instance.ts';

const user = { id: 'u1', name: 'anna' };
const fresh = (change: Parameters<typeof testWorkspace>[0] = {}, vm: Parameters<typeof testWorkspace>[2] = {}) =>
  newInstanceRecord(user, testWorkspace(change, {}, vm));
const shape = { memoryMiB: 256, vcpus: 1, network: 'user', accelerator: 'tcg' } as const;
const started: Happening = { kind: 'started', at: '2026-01-01T00:00:00.000Z', shape };
const error = { code: 'x.y', detail: 'why' };

const run = (record: InstanceRecord, ...happenings: Happening[]) => {
  const events: string[] = [];
  let now: InstanceRecord | null = record;
  for (const happening of happenings) {
    if (!now) break;
    const step = reduceInstance(now, happening);
    events.push(...step.events.map((one) => one.name));
    now = step.record;
  }
  return { record: now!, events };
};
const withVersion = (version: number, record = fresh()): InstanceRecord => ({ ...record, machine: 'ready', version });

it('fetches, starts by itself afterwards, and stops', () => {
  const { record, events } = run(
    fresh(),
    { kind: 'fetch-asked', version: 1, by: 'person', at: 1, thenStart: true },
    { kind: 'fetched', version: 1, detail: '', data: {} },
    { kind: 'activated', version: 1 },
    started,
    { kind: 'stop-asked' },
    { kind: 'machine-stopped' },
  );
  expect(record).toMatchObject({ machine: 'ready', version: 1, staged: null, transfer: null });
  expect(events).toEqual([
    'image.transfer-started',
    'image.transfer-completed',
    'vm.starting',
    'image.version-activated',
    'vm.started',
    'vm.stopped',
  ]);
});

it('takes a new version at the next start only, and knows when it goes back', () => {
  const running = run(withVersion(1), { kind: 'start-asked' }, started).record;
  const staged = run(
    running,
    { kind: 'fetch-asked', version: 2, by: 'person', at: 1 },
    { kind: 'fetched', version: 2, detail: '', data: {} },
  ).record;
  expect(staged).toMatchObject({ machine: 'running', version: 1, staged: 2 });
  const restarted = run(staged, { kind: 'restart-asked' }, { kind: 'machine-stopped' });
  expect(restarted.record.machine).toBe('starting');
  const second = run(
    restarted.record,
    { kind: 'activated', version: 2 },
    started,
    { kind: 'stop-asked' },
    {
      kind: 'machine-stopped',
    },
  ).record;
  const back = run(second, { kind: 'switch-asked', version: 1, wanted: 2 }, { kind: 'activated', version: 1 });
  expect(back.record).toMatchObject({ version: 1, declined: 2 });
  expect(back.events).toEqual(['image.rolled-back']);
  const third = run(back.record, { kind: 'granted', granted: testWorkspace({ version: 3 }), userName: 'anna' });
  expect(third.record.declined).toBeNull();
});

it('saves the memory of persistent workspaces only, and only when the policy says so', () => {
  const policy = { stopAction: 'snapshot' } as const;
  const persistent = withVersion(1, fresh({}, policy));
  const suspended = run(persistent, { kind: 'start-asked' }, started, { kind: 'stop-asked' }).record;
  expect(suspended).toMatchObject({ machine: 'stopping', stopBy: 'snapshot' });
  expect(run(suspended, { kind: 'machine-suspended' }).record).toMatchObject({ machine: 'suspended', saved: true });
  const revertible = withVersion(1, fresh({ type: 'revertible' }, policy));
  const stopped = run(revertible, { kind: 'start-asked' }, started, { kind: 'stop-asked' }).record;
  expect(stopped.stopBy).toBe('shutdown');
  expect(run(stopped, { kind: 'machine-stopped' }).record.machine).toBe('reverting');
  expect(run(stopped, { kind: 'machine-stopped' }, { kind: 'reverted' })).toMatchObject({
    record: { machine: 'ready' },
    events: ['vm.stopped', 'vm.reverted'],
  });
});

it('shuts down instead of saving when a forced version waits', () => {
  const granted = testWorkspace({}, { mode: 'force' }, { stopAction: 'snapshot' });
  const running = { ...withVersion(1), granted, machine: 'running' } as const;
  expect(run(running, { kind: 'stop-asked' }).record.stopBy).toBe('snapshot');
  expect(run({ ...running, staged: 2 }, { kind: 'stop-asked' }).record.stopBy).toBe('shutdown');
});

it('keeps a version that starts when a transfer fails, and tells of the failure once', () => {
  const fetching = run(withVersion(1), { kind: 'fetch-asked', version: 2, by: 'person', at: 1 }).record;
  const failure = { kind: 'fetch-failed', error, final: false, event: 'image.transfer-failed' } as const;
  const { record, events } = run(fetching, failure, failure, failure);
  expect(record).toMatchObject({ machine: 'ready', version: 1, transfer: { state: 'running', error } });
  expect(events).toEqual(['image.transfer-failed']);
  expect(run(record, { ...failure, final: true }).record.transfer?.state).toBe('failed');
});

it('tries saved memory a second time before it boots afresh', () => {
  const resumeFailed = { kind: 'start-failed', error: { code: 'vm.resume-failed', detail: 'no' } } as const;
  const once = run({ ...withVersion(1), machine: 'suspended', saved: true }, { kind: 'start-asked' }, resumeFailed);
  expect(once.record).toMatchObject({ machine: 'failed', saved: true });
  const twice = run(once.record, { kind: 'start-asked' }, resumeFailed).record;
  expect(twice).toMatchObject({ machine: 'failed', saved: false });
  expect(run(twice, { kind: 'start-asked' }, started).record).toMatchObject({
    machine: 'running',
    resumeFailed: false,
  });
});

it('puts a refused start back to where it was', () => {
  const blocked = run(withVersion(1), { kind: 'start-asked' }, { kind: 'start-blocked', error });
  expect(blocked.record).toMatchObject({ machine: 'ready', blocked: true, error });
  const saved = run(
    { ...withVersion(1), machine: 'suspended', saved: true },
    { kind: 'start-asked' },
    {
      kind: 'start-blocked',
      error,
    },
  );
  expect(saved.record).toMatchObject({ machine: 'suspended', saved: true });
});

it('forgets an unlisted workspace only when nothing is left of it', () => {
  expect(reduceInstance(fresh(), { kind: 'unlisted' }).record).toBeNull();
  const kept = run(withVersion(1), { kind: 'unlisted' }).record;
  expect(kept).toMatchObject({ listed: false, version: 1 });
  expect(reduceInstance({ ...kept, machine: 'deleting' }, { kind: 'deleted' }).record).toBeNull();
});

it('stays whole whatever happens in whatever order', () => {
  const happenings: Happening[] = [
    { kind: 'granted', granted: testWorkspace({ version: 3 }), userName: 'anna' },
    { kind: 'fetch-asked', version: 1, by: 'person', at: 1 },
    { kind: 'fetch-asked', version: 2, by: 'person', at: 1, thenStart: true },
    { kind: 'pause-asked' },
    { kind: 'start-asked' },
    { kind: 'start-refused', error },
    { kind: 'stop-asked' },
    { kind: 'restart-asked' },
    { kind: 'lock-asked', why: '' },
    { kind: 'unlocked' },
    { kind: 'revert-asked' },
    { kind: 'reset-asked' },
    { kind: 'switch-asked', version: 1, wanted: 2 },
    { kind: 'delete-asked', why: '' },
    { kind: 'fetched', version: 1, detail: '', data: {} },
    { kind: 'fetched', version: 2, detail: '', data: {} },
    { kind: 'fetch-failed', error, final: true, event: 'image.verify-failed' },
    { kind: 'staged-locally', version: 2 },
    { kind: 'start-blocked', error },
    { kind: 'start-failed', error },
    { kind: 'guest-silent', error },
    started,
    { kind: 'taken-over' },
    { kind: 'machine-died', error },
    { kind: 'machine-stopped' },
    { kind: 'machine-suspended' },
    { kind: 'stop-failed', error },
    { kind: 'reverted' },
    { kind: 'discard-failed', error },
    { kind: 'deleted' },
    { kind: 'version-missing', version: 2 },
  ];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  for (let walk = 0; walk < 200; walk++) {
    let record: InstanceRecord | null = withVersion(1, fresh(walk % 2 ? { type: 'revertible' } : {}));
    for (let step = 0; step < 60 && record; step++) {
      const before: InstanceRecord = record;
      const happening = happenings[random(happenings.length)]!;
      record = reduceInstance(before, happening).record;
      expect(instanceRecordSchema.safeParse(record).success).toBe(true);
      if (!record) continue;
      // A QEMU that runs is never forgotten, and nothing is thrown away under it.
      const ran = before.machine === 'running' || before.machine === 'locked';
      if (ran) expect(['running', 'locked', 'stopping', 'crashed', 'ready', 'reverting']).toContain(record.machine);
      if (ran && (record.machine === 'ready' || record.machine === 'reverting'))
        expect(happening.kind).toBe('machine-stopped');
      if (record.machine === 'deleting' && before.machine !== 'deleting') expect(atRest(before.machine)).toBe(true);
      if (record.saved)
        expect(['suspended', 'starting', 'stopping', 'failed', 'reverting', 'deleting', 'ready']).toContain(
          record.machine,
        );
    }
  }
});
