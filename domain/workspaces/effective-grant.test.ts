import { expect, it } from 'vitest';
import { type Assignment, assignmentLimitsSchema, effectiveGrant, plainGrant } from './index.ts';

const now = new Date('2026-06-01T00:00:00Z');
const assignment = (id: string, limits: Record<string, unknown>): Assignment => ({
  ...assignmentLimitsSchema.parse(limits),
  id,
  workspaceId: 'w',
  principal: { kind: 'group', id, name: id },
});

it('gives nothing without an assignment', () => {
  expect(effectiveGrant([], now)).toBeNull();
});

it('lets the least restrictive of each field win and says which assignment decided', () => {
  const grant = effectiveGrant(
    [
      assignment('a', { offlineLimitMinutes: 60, clipboard: 'to-host', printing: true, deleteWhen: { expired: true } }),
      assignment('b', { offlineLimitMinutes: null, clipboard: 'to-workspace', expiresOn: '2027-01-01T00:00:00Z' }),
    ],
    now,
  )!;
  expect(grant.offlineLimitMinutes).toEqual({ value: null, by: ['b'] });
  expect(grant.clipboard).toEqual({ value: 'both', by: ['a', 'b'] });
  expect(grant.printing).toEqual({ value: true, by: ['a'] });
  expect(grant.expiresOn).toEqual({ value: null, by: ['a'] });
  expect(plainGrant(grant).deleteWhen).toEqual({ disabled: false, expired: false, offlineExceeded: false });
});

it('counts neither disabled nor expired assignments while another one holds', () => {
  const dead = assignment('dead', { enabled: false, printing: true });
  const past = assignment('past', { expiresOn: '2026-01-01T00:00:00Z', cdDvd: true });
  const alive = assignment('alive', {});
  const grant = effectiveGrant([dead, past, alive], now)!;
  expect(grant.printing.value).toBe(false);
  expect(grant.cdDvd.value).toBe(false);
  expect(effectiveGrant([dead, past], now)!.expiresOn.value).toBe('2026-01-01T00:00:00Z');
  expect(effectiveGrant([dead], now)!.enabled.value).toBe(false);
});
