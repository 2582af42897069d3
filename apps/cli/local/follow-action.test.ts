import type { InstanceState } from '@atelier/domain/workspaces';
import { describe, expect, it } from 'vitest';
import { judgeAction } from './follow-action.ts';

const look = (action: Parameters<typeof judgeAction>[0], ...states: InstanceState[]) =>
  judgeAction(action, { state: states.at(-1)!, transfer: null }, new Set(states));

describe('an action on this computer', () => {
  it('goes on while the workspace is on its way', () => {
    expect(look('start', 'assigned', 'transferring')).toBe('going-on');
    expect(look('start', 'ready', 'starting')).toBe('going-on');
    expect(look('stop', 'running', 'stopping')).toBe('going-on');
  });

  it('is done at its goal', () => {
    expect(look('start', 'starting', 'running')).toBe('reached');
    expect(look('stop', 'stopping', 'suspended')).toBe('reached');
    expect(look('unlock', 'running')).toBe('reached');
  });

  it('is not done by a restart that has not begun', () => {
    expect(look('restart', 'running')).toBe('going-on');
    expect(look('restart', 'running', 'stopping', 'running')).toBe('reached');
  });

  it('breaks when the workspace does', () => {
    expect(look('start', 'starting', 'crashed')).toBe('broken');
    expect(look('fetch', 'transferring', 'failed')).toBe('broken');
  });
});
