import { expect, it } from 'vitest';
import { rfbInputWatch } from './rfb-input.ts';

const handshake = Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.from([1, 1])]);
const updateRequest = Buffer.from([3, 1, 0, 0, 0, 0, 4, 0, 3, 0]);
const pointer = Buffer.from([5, 0, 0, 10, 0, 10]);
const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);
const encodings = Buffer.from([2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1]);

it('tells looking from doing, however the bytes are cut', () => {
  for (const size of [1, 3, 7, 1000]) {
    const watch = rfbInputWatch();
    const feed = (bytes: Buffer) => {
      let seen = false;
      for (let at = 0; at < bytes.length; at += size) seen = watch(bytes.subarray(at, at + size)) || seen;
      return seen;
    };
    expect(feed(handshake)).toBe(false);
    expect(feed(Buffer.concat([encodings, updateRequest, updateRequest]))).toBe(false);
    expect(feed(Buffer.concat([updateRequest, pointer, updateRequest]))).toBe(true);
    expect(feed(updateRequest)).toBe(false);
    expect(feed(key)).toBe(true);
    expect(feed(updateRequest)).toBe(false);
  }
});

it('takes everything for input after a message that it does not know', () => {
  const watch = rfbInputWatch();
  expect(watch(Buffer.concat([handshake, Buffer.from([99])]))).toBe(true);
  expect(watch(updateRequest)).toBe(true);
});
