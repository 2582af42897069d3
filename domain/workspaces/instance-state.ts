import { z } from 'zod';

/** A workspace on an endpoint (workspaces.md of the research, §5.2). `transferring`…`reverting` are transient: found after a crash, they are resumed or rolled back. */
export const instanceStateSchema = z.enum([
  'assigned',
  'transferring',
  'paused',
  'staged',
  'ready',
  'starting',
  'running',
  'locked',
  'stopping',
  'suspended',
  'reverting',
  'blocked',
  'failed',
  'crashed',
  'deleting',
  'deleted',
]);
export type InstanceState = z.infer<typeof instanceStateSchema>;

export const instanceActionSchema = z.enum([
  'fetch',
  'pause',
  'start',
  'stop',
  'restart',
  'lock',
  'unlock',
  'revert',
  'reset',
  'switch-version',
  'delete',
]);
export type InstanceAction = z.infer<typeof instanceActionSchema>;

const allowed: Readonly<Record<InstanceAction, readonly InstanceState[]>> = {
  fetch: ['assigned', 'paused', 'ready', 'running', 'locked', 'suspended', 'failed', 'crashed', 'staged', 'blocked'],
  pause: ['transferring'],
  start: ['assigned', 'transferring', 'paused', 'staged', 'ready', 'suspended', 'failed', 'crashed', 'blocked'],
  stop: ['starting', 'running', 'locked', 'transferring'],
  restart: ['running', 'locked'],
  lock: ['running'],
  unlock: ['locked'],
  revert: ['ready', 'suspended', 'failed', 'crashed'],
  reset: ['ready', 'suspended', 'failed', 'crashed', 'staged'],
  'switch-version': ['ready', 'staged', 'suspended', 'failed', 'crashed'],
  delete: ['assigned', 'paused', 'staged', 'ready', 'suspended', 'failed', 'crashed', 'blocked'],
};

/** Whether a person may ask for `action` while the instance is in `state`. */
export const mayAct = (state: InstanceState, action: InstanceAction): boolean => allowed[action].includes(state);

/** The actions that make sense in `state`, for buttons and completion. */
export const actionsIn = (state: InstanceState): InstanceAction[] =>
  instanceActionSchema.options.filter((action) => mayAct(state, action));
