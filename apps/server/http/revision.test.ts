import { expect, it } from 'vitest';
import { etagOf, readIfMatch, requireRevision } from './revision.ts';

it('reads an ETag of ours, strong or weak, and takes * for any', () => {
  expect(['"7"', 'W/"7"', ' "7" '].map((header) => readIfMatch(header))).toEqual([7, 7, 7]);
  expect([undefined, '*'].map((header) => readIfMatch(header))).toEqual([undefined, undefined]);
  for (const bad of ['7', '"x"', '"1", "2"', '""', '"99999999999999999999"'])
    expect(() => readIfMatch(bad), bad).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});

it('refuses a change of what was changed meanwhile', () => {
  requireRevision(undefined, 3);
  requireRevision(3, 3);
  expect(() => requireRevision(2, 3)).toThrow(expect.objectContaining({ code: 'request.conflict' }));
});

it('gives an ETag to answers with a revision only', () => {
  expect([{ rev: 3 }, { rev: '3' }, {}, null, [1]].map(etagOf)).toEqual([
    '"3"',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
