import { expect, test } from 'vitest';
import { freeBuffer } from './free-buffer.ts';

test('the memory of a buffer that has it to itself is given back, once or twice', () => {
  const own = new Uint8Array(10);
  freeBuffer(own);
  freeBuffer(own);
  expect(own.length).toBe(0);
});

test('memory that others look at stays', () => {
  const whole = new Uint8Array(10).fill(7);
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
  freeBuffer(whole.subarray(2, 8));
  freeBuffer(shared);
  freeBuffer(Buffer.from('a part of the pool'));
  expect([...whole, ...shared]).toEqual(Array(14).fill(7));
  expect(Buffer.from('the pool').toString()).toBe('the pool');
});
