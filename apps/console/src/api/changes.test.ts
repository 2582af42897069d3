import { expect, it } from 'vitest';
import { touchedBy } from './changes.ts';

it('reads again what a change touches, the overview with each, and everything after an unknown kind', () => {
  expect(touchedBy('task-log')).toEqual(['tasks', 'system']);
  expect(touchedBy('instance')).toEqual(expect.arrayContaining(['endpoints', 'my', 'system']));
  expect(touchedBy('session')).toEqual(expect.arrayContaining(['desktopSessions', 'targets', 'myDesktops']));
  expect(touchedBy('everything')).toBeNull();
});
