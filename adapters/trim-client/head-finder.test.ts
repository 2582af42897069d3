import { expect, test } from 'vitest';
import { HeadFinder } from './head-finder.ts';

/** Heads of 8 bytes, one by letter; `.` is a block of zeros. */
const heads = (letters: string) =>
  Uint8Array.from(Buffer.concat([...letters].map((one) => Buffer.alloc(8, one === '.' ? 0 : one))));

function find(wanted: string, files: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const finder = new HeadFinder(heads(wanted));
  for (const [path, parts] of Object.entries(files)) {
    finder.begin(path);
    for (const part of parts) finder.take(heads(part));
  }
  const { files: paths, file, block } = finder.matches();
  return Array.from(file, (number, i) => (number < 0 ? '-' : `${paths[number]}${block[i]}`));
}

test('wanted blocks are found where they lie first', () => {
  expect(find('abcd', { x: ['zab'], y: ['cab', 'z'] })).toEqual(['x1', 'x2', 'y0', '-']);
});

test('blocks that follow each other are preferred to those that came before', () => {
  expect(find('abc', { x: ['b'], y: ['zab', 'c'], z: ['c'] })).toEqual(['y1', 'y2', 'y3']);
});

test('a block that is wanted twice is found twice, and one of zeros never', () => {
  expect(find('aba.', { x: ['..ab'] })).toEqual(['x2', 'x3', 'x2', '-']);
});

test('only files that were of use are named', () => {
  const finder = new HeadFinder(heads('ab'));
  for (const path of ['x', 'y', 'z']) {
    finder.begin(path);
    finder.take(heads(path === 'y' ? 'a' : 'c'));
  }
  expect(finder.matches().files).toEqual(['y']);
});

test('heads need not lie where numbers do', () => {
  const shifted = Buffer.concat([Buffer.from('?'), heads('ab')]).subarray(1);
  const finder = new HeadFinder(shifted);
  finder.begin('x');
  finder.take(shifted);
  expect([...finder.matches().block]).toEqual([0, 1]);
});
