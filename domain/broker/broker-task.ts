import { z } from 'zod';

/** RDV_TASK_STATUS of sessdirpublictypes.idl: how far a plug-in's task is, by its own word. */
export const taskStatusNumbers = {
  unknown: 0,
  searching: 1,
  downloading: 2,
  applying: 3,
  rebooting: 4,
  rebooted: 5,
  success: 6,
  failed: 7,
  timeout: 8,
} as const;
export type BrokerTaskStatus = keyof typeof taskStatusNumbers;
export const brokerTaskStatusSchema = z.enum(
  Object.keys(taskStatusNumbers) as [BrokerTaskStatus, ...BrokerTaskStatus[]],
);

/**
 * What became of a plug-in's task: `interrupted` when the broker or the plug-in that did it ended; `timed-out` when nobody began it in time, or the plug-in
 * said so.
 */
export const brokerTaskStateSchema = z.enum([
  'planned',
  'running',
  'done',
  'failed',
  'cancelled',
  'interrupted',
  'timed-out',
]);
export type BrokerTaskState = z.infer<typeof brokerTaskStateSchema>;

/** The state that follows from what the plug-in says of a task that it does. */
export function taskStateOf(status: BrokerTaskStatus): BrokerTaskState {
  if (status === 'success') return 'done';
  if (status === 'failed') return 'failed';
  return status === 'timeout' ? 'timed-out' : 'running';
}
