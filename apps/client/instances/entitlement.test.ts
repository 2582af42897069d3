import { expect, it } from 'vitest';
import { testWorkspace } from '../testing/test-workspace.ts';
import { type Circumstances, deletionReason, startRefusal } from './entitlement.ts';
import { newInstanceRecord } from './instance-record.ts';
import { lockReason } from './watchman.ts';

const now = new Date('2026-06-01T12:00:00Z');
const fine: Circumstances = { now, offline: 'fresh', revoked: false };
const user = { id: 'u', name: 'u' };
const { limits, policy } = testWorkspace();
const record = (change: Parameters<typeof testWorkspace>[0] = {}) => newInstanceRecord(user, testWorkspace(change));
const deleteAll = { disabled: true, expired: true, offlineExceeded: true };

it('says why a workspace may not start', () => {
  const code = (...args: Parameters<typeof startRefusal>) => startRefusal(...args)?.code;
  expect(code(record(), fine)).toBeUndefined();
  expect(code(record(), { ...fine, offline: 'warning' })).toBeUndefined();
  expect(code(record(), { ...fine, offline: 'exceeded' })).toBe('workspace.offline-exceeded');
  expect(code(record({ enabled: false }), fine)).toBe('workspace.disabled');
  expect(code(record({ limits: { ...limits, enabled: false } }), fine)).toBe('workspace.disabled');
  expect(code(record({ limits: { ...limits, expiresOn: '2026-06-01T12:00:00Z' } }), fine)).toBe('workspace.expired');
  expect(code(record({ limits: { ...limits, expiresOn: '2026-06-01T12:00:01Z' } }), fine)).toBeUndefined();
  expect(code({ ...record(), listed: false }, fine)).toBe('workspace.not-assigned');
  expect(code(record(), { ...fine, revoked: true })).toBe('endpoint.revoked');
});

it('deletes only for the reasons that the policy names', () => {
  const wanted = record({ enabled: false, limits: { ...limits, deleteWhen: deleteAll } });
  expect(deletionReason(wanted, fine)).toContain('disabled');
  expect(deletionReason(record({ enabled: false }), fine)).toBeNull();
  const all = record({ limits: { ...limits, deleteWhen: deleteAll } });
  expect(deletionReason(all, fine)).toBeNull();
  expect(deletionReason(all, { ...fine, offline: 'exceeded' })).toContain('offline');
  expect(deletionReason(all, { ...fine, revoked: true })).toBeNull();
});

it('locks after idle time or sleep, as the policy wants', () => {
  const idle = { ...record({ policy: { ...policy, lock: { onHostSuspend: true, idleMinutes: 10 } } }) };
  const began = now.getTime();
  const running = { ...idle, startedAt: now.toISOString() };
  expect(lockReason(running, false, undefined, began + 9 * 60_000)).toBeNull();
  expect(lockReason(running, false, undefined, began + 11 * 60_000)).toContain('10 minutes');
  expect(lockReason(running, false, began + 5 * 60_000, began + 11 * 60_000)).toBeNull();
  expect(lockReason(running, true, began, began)).toContain('asleep');
  const never = record({ policy: { ...policy, lock: { onHostSuspend: false, idleMinutes: 0 } } });
  expect(lockReason({ ...never, startedAt: now.toISOString() }, true, undefined, began + 1e9)).toBeNull();
});
