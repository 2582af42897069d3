import { expect, it } from 'vitest';
import { type InstanceRecord, newInstanceRecord } from '../instances/instance-record.ts';
import { testWorkspace } from '../testing/test-workspace.ts';
import { versionsToKeep } from './versions-to-keep.ts';

const instance = (keepOnly: number, change: Partial<InstanceRecord>): InstanceRecord => ({
  ...newInstanceRecord({ id: 'u', name: 'u' }, testWorkspace({}, { keepOnly })),
  machine: 'ready',
  ...change,
});
const kept = (local: number[], ...instances: InstanceRecord[]) =>
  [...versionsToKeep(local, instances)].sort((a, b) => a - b);

it('keeps what is in use and the newest old ones', () => {
  expect(kept([1, 2, 3, 4, 5], instance(2, { version: 5 }))).toEqual([3, 4, 5]);
  expect(kept([1, 2, 3, 4, 5], instance(1, { version: 1, staged: 5 }))).toEqual([1, 4, 5]);
  expect(kept([1, 2, 3], instance(1, { version: 2, staged: null }))).toEqual([2, 3]);
});

it('never takes away what another instance uses or fetches', () => {
  const fetching = {
    version: 7,
    state: 'running',
    thenStart: false,
    asked: 'policy',
    askedAt: 0,
    error: null,
  } as const;
  expect(kept([1, 2, 3, 4], instance(1, { version: 4 }), instance(1, { version: 1, transfer: fetching }))).toEqual([
    1, 3, 4, 7,
  ]);
});

it('keeps nothing for those who have nothing here', () => {
  expect(kept([1, 2])).toEqual([]);
  expect(kept([1, 2], instance(2, { machine: 'none' }))).toEqual([]);
});
