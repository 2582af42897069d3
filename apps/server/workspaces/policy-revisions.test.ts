import { expect, it } from 'vitest';
import { canonicalJson } from './policy-revisions.ts';

it('gives the same text whatever the order of keys', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
  expect(canonicalJson({ a: true, b: [1, { c: 'x', d: null }], e: undefined })).toBe(
    canonicalJson({ b: [1, { d: null, c: 'x' }], a: true }),
  );
});

it('keeps the order of lists, which means something', () => {
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});
