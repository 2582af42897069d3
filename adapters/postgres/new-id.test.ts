import { expect, test } from 'vitest';
import { idMaker, newId } from './new-id.ts';

test('an id is a canonical ULID', () => {
  expect(newId()).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
});

test('the example of the ULID specification', () => {
  // Bytes shifted right by one: the maker keeps the top random bit free.
  const make = idMaker(
    () => 1469918176385,
    () => Buffer.alloc(10, 0xff),
  );
  expect(make()).toBe('01ARYZ6S41FZZZZZZZZZZZZZZZ');
});

test('ids of one maker grow within a millisecond and when the clock goes back', () => {
  const times = [1000, 1000, 900, 1001];
  let call = 0;
  const make = idMaker(() => times[call++]!);
  const made = [make(), make(), make(), make()];
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(4);
});
