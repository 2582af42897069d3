import { expect, test } from 'vitest';
import { buffersUsed, collectAll } from './collect-buffers.ts';

/** Makes buffers that nobody needs, and gives the bytes of those that lie about. */
function litter(tell: (bytes: number) => void): number {
  collectAll();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 200; i++) tell(new Uint8Array(2 ** 20).fill(1).length);
  return process.memoryUsage().arrayBuffers - before;
}

test('buffers that nobody needs are given back as they are told of, or all at once', () => {
  expect(litter(buffersUsed)).toBeLessThan(32 * 2 ** 20);
  const kept = [new Uint8Array(64 * 2 ** 20)];
  const before = process.memoryUsage().arrayBuffers;
  kept.pop();
  collectAll();
  expect(before - process.memoryUsage().arrayBuffers).toBeGreaterThan(60 * 2 ** 20);
});
