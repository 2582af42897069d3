import { expect, it } from 'vitest';
import { byteRange } from './byte-range.ts';

it('serves one range, cut to the file', () => {
  expect(byteRange('bytes=0-9', 100)).toEqual({ kind: 'part', start: 0, end: 9 });
  expect(byteRange('bytes=90-500', 100)).toEqual({ kind: 'part', start: 90, end: 99 });
  expect(byteRange('bytes=5-', 100)).toEqual({ kind: 'part', start: 5, end: 99 });
  expect(byteRange('bytes=-10', 100)).toEqual({ kind: 'part', start: 90, end: 99 });
  expect(byteRange('bytes=-500', 100)).toEqual({ kind: 'part', start: 0, end: 99 });
});

it('says when a range lies outside of the file', () => {
  for (const header of ['bytes=100-', 'bytes=100-200', 'bytes=-0'])
    expect(byteRange(header, 100).kind).toBe('unsatisfiable');
  expect(byteRange('bytes=0-0', 0).kind).toBe('unsatisfiable');
});

it('ignores what is no single range of bytes', () => {
  for (const header of [undefined, '', 'bytes=', 'bytes=-', 'bytes=9-1', 'bytes=0-1,5-6', 'items=0-1', 'bytes=a-b'])
    expect(byteRange(header, 100).kind).toBe('whole');
});
