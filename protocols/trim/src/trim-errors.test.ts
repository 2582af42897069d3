import { expect, it } from 'vitest';
import { isTrimError, reviveTrimError } from './trim-error.ts';
import { trimErrors } from './trim-errors.ts';

it('every error has a code of ours, a cause and a fix, in plain sentences without a full stop', () => {
  for (const [code, { cause, fix }] of Object.entries(trimErrors)) {
    expect(code).toMatch(/^trim\.[a-z-]+$/);
    for (const text of [cause, fix]) expect(text).toMatch(/^[a-z].{10,}[^.]$/);
  }
});

it('an error of a thread keeps its code, and a strange one becomes trim.io', () => {
  expect(isTrimError(reviveTrimError({ code: 'trim.disk-full', message: 'no room' }), 'trim.disk-full')).toBe(true);
  expect(isTrimError(reviveTrimError({ code: 'toString', message: 'odd' }), 'trim.io')).toBe(true);
});
