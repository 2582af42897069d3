import { expect, test } from 'vitest';
import { plainLines, tailFile } from './tail-file.ts';

test('terminal sequences and control characters do not reach the reader', () => {
  expect(plainLines('\u001b[2J\u001b[01;31mred\u001b[0m\r\n\u0007bell\u0000\n\n  \nlast')).toEqual([
    'red',
    'bell',
    'last',
  ]);
  expect(plainLines('\u001b]0;title\u0007text\u001b(B')).toEqual(['text']);
});

test('the last lines of a file, and none of one that is not there', async () => {
  expect((await tailFile(import.meta.filename, 2)).at(-1)).toBe('});');
  expect(await tailFile('/no/such/file', 5)).toEqual([]);
});
