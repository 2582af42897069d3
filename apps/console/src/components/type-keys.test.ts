import { expect, it } from 'vitest';
import { keysOf, typeKeys } from './type-keys.ts';

it('turns text into X11 keys', () => {
  expect(keysOf('aé\r\n€\t')).toEqual([0x61, 0xe9, 0xff0d, 0x010020ac, 0xff09]);
});

it('types them in order', async () => {
  const typed: number[] = [];
  await typeKeys([1, 2, 3], (key) => typed.push(key), 0);
  expect(typed).toEqual([1, 2, 3]);
});
