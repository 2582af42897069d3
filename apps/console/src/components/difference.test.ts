import { expect, it } from 'vitest';
import { differences } from './difference.ts';

it('names the leaves that differ, on both sides, and takes lists whole', () => {
  const before = { a: { b: 1, c: [1, 2] }, gone: 'x', same: null };
  const after = { a: { b: 2, c: [1, 3] }, same: null, made: { deep: true } };
  expect(differences(before, after)).toEqual([
    { path: 'a.b', before: 1, after: 2 },
    { path: 'a.c', before: [1, 2], after: [1, 3] },
    { path: 'gone', before: 'x', after: undefined },
    { path: 'made', before: undefined, after: { deep: true } },
  ]);
  expect(differences(before, before)).toEqual([]);
});
