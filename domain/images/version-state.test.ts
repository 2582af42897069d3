import { expect, it } from 'vitest';
import { nextVersionState, type VersionAction, versionStateSchema } from './index.ts';

const walk = (...actions: VersionAction[]) =>
  actions.reduce<ReturnType<typeof nextVersionState>>(
    (state, action) => state && nextVersionState(state, action),
    'draft',
  );

it('goes from a draft to an available version', () => {
  expect(walk('pack', 'packed', 'push', 'uploaded')).toBe('available');
});

it('can be retired, restored and, only when retired, deleted', () => {
  expect(nextVersionState('available', 'delete')).toBeNull();
  expect(walk('pack', 'packed', 'push', 'uploaded', 'retire', 'restore')).toBe('available');
  expect(walk('pack', 'packed', 'push', 'uploaded', 'retire', 'delete')).toBe('deleted');
});

it('recovers from a failure by trying again, and from deletion never', () => {
  expect(walk('pack', 'failed', 'retry', 'packed')).toBe('packed');
  const actions: VersionAction[] = [
    'pack',
    'packed',
    'push',
    'uploaded',
    'retire',
    'restore',
    'delete',
    'failed',
    'retry',
  ];
  for (const action of actions) expect(nextVersionState('deleted', action)).toBeNull();
});

it('never answers with a state outside the list', () => {
  for (const state of versionStateSchema.options)
    for (const action of ['pack', 'retire', 'delete'] as const) {
      const next = nextVersionState(state, action);
      if (next !== null) expect(versionStateSchema.options).toContain(next);
    }
});
