import { expect, it } from 'vitest';
import { openClientDatabase } from '../state/client-database.ts';
import { openContactClock } from './contact-clock.ts';

const minute = 60_000;

it('cannot be fooled by setting the clock back', () => {
  const database = openClientDatabase(':memory:');
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = openContactClock(database, () => now);
  expect(clock.state('u', 60)).toBe('exceeded');
  expect(clock.state('u', null)).toBe('fresh');
  clock.contact('u');
  now += 50 * minute;
  expect(clock.state('u', 60)).toBe('warning');
  now += 20 * minute;
  clock.touch(['u', 'unknown']);
  now -= 100 * minute;
  expect(clock.state('u', 60)).toBe('exceeded');
  expect(openContactClock(database, () => now).state('u', 60)).toBe('exceeded');
  clock.contact('u');
  expect(clock.state('u', 60)).toBe('fresh');
  database.close();
});
