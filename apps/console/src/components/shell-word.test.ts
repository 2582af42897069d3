import { expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

it('quotes only what a shell would take apart', () => {
  expect(['Office', 'my desk', "it's", '', '$HOME', 'a:b/c-1'].map(shellWord)).toEqual([
    'Office',
    "'my desk'",
    "'it'\\''s'",
    "''",
    "'$HOME'",
    'a:b/c-1',
  ]);
});
