import { expect, it } from 'vitest';
import { chooseMirror, failed, type MirrorSpeed, measured } from './mirror-speeds.ts';

const MiB = 2 ** 20;
const at = (bytesPerSecond: number, firstByteMs = 10, measuredAt = 1000): MirrorSpeed => ({
  bytesPerSecond,
  firstByteMs,
  measuredAt,
  failures: 0,
  restUntil: 0,
});

it('keeps the given order while nothing is known, and tries each address once with a small part', () => {
  expect(chooseMirror([undefined], 0, 8 * MiB)).toEqual({ mirror: 0, most: 8 * MiB });
  expect(chooseMirror([undefined, undefined], 0, 1000)).toEqual({ mirror: 0, most: 1000 });
  expect(chooseMirror([undefined, undefined], 0, 8 * MiB)).toEqual({ mirror: 0, most: MiB / 2 });
  expect(chooseMirror([undefined, undefined], 0, 8 * MiB, new Set([0]))).toEqual({ mirror: 1, most: MiB / 2 });
  expect(chooseMirror([undefined, undefined], 0, 8 * MiB, new Set([0, 1]))).toEqual({ mirror: 0, most: 8 * MiB });
});

it('takes the one that gives so many bytes soonest: latency counts for little ones, throughput for large ones', () => {
  const speeds = [at(10 * MiB, 500), at(1 * MiB, 5)];
  expect(chooseMirror(speeds, 2000, 1000).mirror).toBe(1);
  expect(chooseMirror(speeds, 2000, 8 * MiB).mirror).toBe(0);
});

it('tries a slower one again after a minute, with a small part', () => {
  const speeds = [at(1 * MiB), at(9 * MiB, 10, 50_000)];
  expect(chooseMirror(speeds, 50_000, 8 * MiB)).toEqual({ mirror: 1, most: 8 * MiB });
  expect(chooseMirror(speeds, 62_000, 8 * MiB)).toEqual({ mirror: 0, most: MiB / 2 });
});

it('lets one that failed rest, longer each time, and asks the one that rests shortest when all do', () => {
  const once = failed(at(9 * MiB), 1000);
  expect(chooseMirror([once, at(1 * MiB)], 1500, MiB).mirror).toBe(1);
  expect(chooseMirror([once, at(1 * MiB)], 2100, MiB).mirror).toBe(0);
  expect(failed(once, 1000).restUntil).toBe(3000);
  expect(chooseMirror([failed(once, 1000), once], 1500, MiB)).toEqual({ mirror: 1, most: MiB });
});

it('weighs newer measurements more, and learns no throughput from short bodies', () => {
  const first = measured(undefined, 5, { firstByteMs: 20, bytes: 100, bodyMs: 1 });
  expect(first.firstByteMs).toBe(20);
  expect(first.bytesPerSecond).toBeUndefined();
  const second = measured(first, 6, { firstByteMs: 20, bytes: MiB, bodyMs: 1000 });
  expect(second.bytesPerSecond).toBe(MiB);
  const third = measured(second, 7, { firstByteMs: 20, bytes: MiB, bodyMs: 500 });
  expect(third.bytesPerSecond).toBeCloseTo(1.3 * MiB, -3);
  expect(measured(failed(second, 8), 9, { firstByteMs: 1, bytes: 1, bodyMs: 1 })).toMatchObject({ failures: 0 });
});
