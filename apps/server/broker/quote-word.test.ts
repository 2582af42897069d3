import { expect, it } from 'vitest';
import { quoteWord } from './quote-word.ts';

it('quotes what a command line would divide or unquote', () => {
  expect(['plain', 'two words', 'say "hi"', 'back\\slash', 'end\\', 'a\\"b', ''].map(quoteWord)).toEqual([
    '"plain"',
    '"two words"',
    '"say \\"hi\\""',
    '"back\\slash"',
    '"end\\\\"',
    '"a\\\\\\"b"',
    '""',
  ]);
});
