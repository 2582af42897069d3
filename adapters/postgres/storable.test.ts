import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { storableJson, storableText } from './storable.ts';

test('characters that PostgreSQL refuses are replaced, all others kept', () => {
  expect(storableText('a\u0000b\ud800c\ud83d\ude00é')).toBe('a\ufffdb\ufffdc\ud83d\ude00é');
  expect(storableJson({ 'k\u0000': ['\udc00', 1, null, true] })).toEqual({ 'k\ufffd': ['\ufffd', 1, null, true] });
});

test('what is nested without end is cut', () => {
  const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
  expect(JSON.stringify(storableJson(deep))).toBe(`${'['.repeat(64)}"…"${']'.repeat(64)}`);
});

test('the canonical text does not depend on the order of members', () => {
  const text = canonicalJson({ b: [1, { d: null, c: 'é' }], a: undefined, aa: -0, A: 1e21 });
  expect(text).toBe('{"A":1e+21,"aa":0,"b":[1,{"c":"é","d":null}]}');
  expect(canonicalJson(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}');
  expect(canonicalJson({ at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
});
