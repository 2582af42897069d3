import { type EventName, eventKind } from '@atelier/domain/events';
import type { FirstTimeSetup } from './instance-record.ts';
import type { StepEvent } from './reduce-instance.ts';

/** Events by which a workspace that never ran yet shows that it did not get so far. */
const failures: ReadonlySet<EventName> = new Set<EventName>([
  'image.transfer-failed',
  'image.verify-failed',
  'image.disk-space-low',
  'policy.workspace-disabled',
  'policy.workspace-expired',
  'policy.offline-exceeded',
  'verification.failed',
  'vm.start-failed',
  'vm.guest-unresponsive',
  'vm.crashed',
]);

/**
 * The outcome of a workspace's first-time set-up (fetched, and started until its guest answered) after a step. Once it is done, only throwing
 * everything away lets it begin anew; until then the last failure counts. `at`: the time of the step.
 */
export function firstTimeSetup(
  before: FirstTimeSetup | null,
  events: readonly StepEvent[],
  at: string,
): FirstTimeSetup | null {
  let now = before;
  for (const { name } of events) {
    if (name === 'vm.reset' || name === 'policy.workspace-deleted') now = null;
    else if (now?.statusCode === 0) continue;
    else if (name === 'vm.started') now = { statusCode: 0, at };
    else if (failures.has(name)) now = { statusCode: eventKind(name).code, at };
  }
  return now;
}
