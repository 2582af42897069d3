import { expect, test } from 'vitest';
import { cleanJson, cleanText } from './clean-text.ts';

test('leaves what is text, and takes away what no database stores', () => {
  expect(cleanText('Zoë 🦊')).toBe('Zoë 🦊');
  expect(cleanText('a\0b\ud800c')).toBe('ab\ufffdc');
  // A letter that is cut in two is no letter any more.
  expect(cleanText('🦊', 1)).toBe('\ufffd');
  expect(JSON.parse(cleanJson({ steps: [{ detail: '\0x\udc00', atMs: 1 }], chosen: null }))).toEqual({
    steps: [{ detail: 'x\ufffd', atMs: 1 }],
    chosen: null,
  });
});
