import { expect, it } from 'vitest';
import { hostPatienceMs, hostSilentSince } from './host-word.ts';

it('calls a host silent that told of its sessions once, and does so no more', () => {
  const now = new Date('2026-02-03T04:05:06Z');
  const before = (ms: number) => new Date(now.getTime() - ms);
  expect(hostSilentSince(null, now)).toBeNull();
  expect(hostSilentSince(before(hostPatienceMs), now)).toBeNull();
  expect(hostSilentSince(before(hostPatienceMs + 1), now)).toEqual(before(hostPatienceMs + 1));
});
