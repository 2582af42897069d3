import { expect, it } from 'vitest';
import { maskHashes } from './mask-hashes.ts';
import { openBytes, sealBytes } from './sealed-bytes.ts';

const key = Buffer.alloc(32, 1);
const plain = Buffer.from('an index of blocks');
const code = expect.objectContaining({ code: 'trim.format' });

it('gives sealed bytes back only to the same key and context, whole', () => {
  const sealed = sealBytes(plain, key, 'TRIMINDX');
  expect(Buffer.from(openBytes(sealed, key, 'TRIMINDX', 'it')).toString()).toBe(plain.toString());
  expect(Buffer.compare(sealBytes(plain, key, 'TRIMINDX'), sealed)).toBe(0);
  expect(() => openBytes(sealed, Buffer.alloc(32, 2), 'TRIMINDX', 'it')).toThrow(code);
  expect(() => openBytes(sealed, key, 'TRIMDIRS', 'it')).toThrow(code);
  expect(() => openBytes(sealed.subarray(0, 28), key, 'TRIMINDX', 'it')).toThrow(code);
  for (let at = 0; at < sealed.length; at++) {
    const bad = Buffer.from(sealed);
    bad[at] = (bad[at] as number) ^ 1;
    expect(() => openBytes(bad, key, 'TRIMINDX', 'it'), `byte ${at}`).toThrow(code);
  }
});

it('hides hashes so that any part of each can be shown alone', () => {
  const hashes = Uint8Array.from({ length: 3 * 32 }, (_, i) => i);
  const digest = Buffer.alloc(32, 9);
  const hidden = maskHashes(hashes, key, digest);
  expect(maskHashes(hidden, key, digest)).toEqual(hashes);
  const part = (from: Uint8Array, at: number, bytes: number) =>
    Uint8Array.from([0, 1, 2].flatMap((i) => [...from.subarray(i * 32 + at, i * 32 + at + bytes)]));
  for (const column of [
    { at: 0, bytes: 8 },
    { at: 8, bytes: 24 },
  ])
    expect(maskHashes(part(hidden, column.at, column.bytes), key, digest, column)).toEqual(
      part(hashes, column.at, column.bytes),
    );
  const other = maskHashes(hashes, key, Buffer.alloc(32, 8));
  expect(Buffer.compare(hidden, other)).not.toBe(0);
});
