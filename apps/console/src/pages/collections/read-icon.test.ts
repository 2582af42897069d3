import { expect, it } from 'vitest';
import { readIcon } from './read-icon.ts';

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

it('takes a PNG, and nothing else or larger', async () => {
  expect(await readIcon(new Blob([new Uint8Array([...png, 1])]))).toBe(Buffer.from([...png, 1]).toString('base64'));
  expect(await readIcon(new Blob(['GIF89a']))).toBeNull();
  expect(await readIcon(new Blob([new Uint8Array(png), new Uint8Array(256 * 1024)]))).toBeNull();
});
