import { expect, it } from 'vitest';
import { targetOf } from './share-sessions.ts';

const known = [
  { targetId: 'B', user: 'Ada', hostSessionId: ':10' },
  { targetId: 'A', user: 'bob', hostSessionId: ':11' },
  { targetId: 'B', user: 'bob', hostSessionId: null },
];

it.each([
  ['what it is called there', 'ada', ':10', 'B'],
  ['the one whose name is not known yet', 'bob', ':12', 'B'],
  ['the same name before that', 'bob', ':11', 'A'],
  ['the first one when it came by none', 'ada', ':13', 'A'],
  ['the first one for strangers', 'eve', ':10', 'A'],
])('counts a session on a host of several targets by %s', (_why, user, hostSessionId, targetId) => {
  expect(targetOf(['A', 'B'], known, { user, hostSessionId })).toBe(targetId);
});

it('asks nothing where there is one target', () => {
  expect(targetOf(['A'], known, { user: 'ada', hostSessionId: ':10' })).toBe('A');
});
