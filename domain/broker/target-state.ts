import { z } from 'zod';

/**
 * States of a target, with the numbers of TARGET_STATE in sessdirpublictypes.idl that plug-ins know them by.
 */
export const targetStateNumbers = {
  unknown: 1,
  initializing: 2,
  running: 3,
  down: 4,
  hibernated: 5,
  'checked-out': 6,
  stopped: 7,
  invalid: 8,
  starting: 9,
  stopping: 10,
} as const;
export type TargetState = keyof typeof targetStateNumbers;
export const targetStates = Object.keys(targetStateNumbers) as readonly TargetState[];
export const targetStateSchema = z.enum(Object.keys(targetStateNumbers) as [TargetState, ...TargetState[]]);

/** States that somebody can be sent to at once. */
export const isReady = (state: TargetState): boolean => state === 'running';

/** States from which orchestration can bring the target up. */
export const canBeStarted = (state: TargetState): boolean =>
  state === 'stopped' || state === 'hibernated' || state === 'starting' || state === 'checked-out';
