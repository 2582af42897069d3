import { expect, it } from 'vitest';
import { z } from 'zod';
import { pageOf, readCursor } from './page.ts';

const rows = [1, 2, 3, 4].map((id) => ({ id, text: `é${id}` }));

it('shows the limit, and says where the next page begins when one row more was read', () => {
  const page = pageOf(
    rows,
    3,
    (row) => [row.text, row.id],
    (row) => row.id,
  );
  expect(page.items).toEqual([1, 2, 3]);
  expect(readCursor(page.next ?? '', z.tuple([z.string(), z.number()]))).toEqual(['é3', 3]);
  expect(
    pageOf(
      rows,
      4,
      (row) => row.id,
      (row) => row.id,
    ).next,
  ).toBeNull();
  expect(
    pageOf(
      [],
      4,
      () => 0,
      () => 0,
    ),
  ).toEqual({ items: [], next: null });
});

it('refuses a cursor that it did not make', () => {
  const shape = z.tuple([z.string(), z.number()]);
  const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  expect(readCursor(undefined, shape)).toBeUndefined();
  for (const bad of ['', '!', 'AAAA', made(1), made(['a']), made(['a', 'b']), made({ 0: 'a' })])
    expect(() => readCursor(bad, shape), bad).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});
