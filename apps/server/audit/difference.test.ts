import { expect, it } from 'vitest';
import { difference } from './difference.ts';

it('keeps what differs, deeply, and nothing else', () => {
  const before = { name: 'a', list: [1, 2], deep: { x: 1 }, same: { y: [1] }, rev: 1, gone: true };
  const after = { name: 'b', list: [1, 2, 3], deep: { x: 2 }, same: { y: [1] }, rev: 2, added: new Date(0) };
  expect(difference(before, after)).toEqual({
    before: { name: 'a', list: [1, 2], deep: { x: 1 }, gone: true },
    after: { name: 'b', list: [1, 2, 3], deep: { x: 2 }, added: '1970-01-01T00:00:00.000Z' },
  });
});

it('says null when nothing differs, and everything of what is new or gone', () => {
  expect(difference({ a: 1, rev: 1 }, { a: 1, rev: 2 })).toBeNull();
  expect(difference(undefined, undefined)).toBeNull();
  expect(difference(null, { a: null })).toEqual({ before: {}, after: { a: null } });
  expect(difference({ a: 1 }, null)).toEqual({ before: { a: 1 }, after: {} });
});

it('hides what looks like a secret', () => {
  const text = JSON.stringify(difference({ password: 'old', tokenHash: 'x', password_hash: 'y' }, { password: 'new' }));
  expect(text).not.toMatch(/old|new|"x"|"y"/);
});
