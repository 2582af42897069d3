import { expect, it } from 'vitest';
import { defaultPolicy, guestMemoryMiB, minutesOffline, offlineState, policySchema } from './index.ts';

it('fills a policy from nothing, and refuses fields that it does not know', () => {
  expect(policySchema.parse({})).toEqual(defaultPolicy);
  expect(policySchema.safeParse({ vm: { vcpu: 2 } }).success).toBe(false);
});

it('takes the memory table’s last row that the host reaches', () => {
  const policy = policySchema.parse({
    vm: {
      memory: {
        table: [
          { hostMiB: 8192, vmMiB: 2048 },
          { hostMiB: 2048, vmMiB: 512 },
          { hostMiB: 4096, vmMiB: 1024 },
        ],
      },
    },
  });
  expect([1024, 2048, 4095, 4096, 65_536].map((host) => guestMemoryMiB(policy, host))).toEqual([
    512, 512, 512, 1024, 2048,
  ]);
});

it('is not fooled by a clock that is set back', () => {
  const hour = 3_600_000;
  const clock = { wallTimeAtContact: 1000, highestWallTime: 1000 + 5 * hour };
  expect(minutesOffline(clock, 1000)).toBe(300);
  expect(minutesOffline(clock, 1000 + 6 * hour)).toBe(360);
});

it('warns from 80 % of the offline limit', () => {
  expect([10, 48, 60, 61].map((minutes) => offlineState(60, minutes))).toEqual([
    'fresh',
    'warning',
    'warning',
    'exceeded',
  ]);
  expect(offlineState(null, 1e9)).toBe('fresh');
});
