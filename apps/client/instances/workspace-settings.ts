import type { LocalSettings } from '@atelier/api';
import { guestMemoryMiB } from '@atelier/domain/workspaces';
import { type InstanceRecord, mayRun } from './instance-record.ts';

/** The one whose settings are in force: a workspace of the person that runs, else the first by name; null when there is none. */
function inForce(records: readonly InstanceRecord[]): InstanceRecord | null {
  const listed = records.filter((one) => one.listed).toSorted((a, b) => a.granted.name.localeCompare(b.granted.name));
  return listed.find((one) => mayRun(one.machine)) ?? listed[0] ?? null;
}

/** Settings of the workspace in force among a person's `records`, on a computer with `hostMiB` of memory. */
export function workspaceSettings(records: readonly InstanceRecord[], hostMiB: number): LocalSettings {
  const record = inForce(records);
  if (!record) return null;
  const { policy, name } = record.granted;
  const { memory, stopAction, bootTimeoutSeconds } = policy.vm;
  return {
    user: record.userName,
    workspace: name,
    memoryMiB: guestMemoryMiB(policy, hostMiB),
    memoryTable: 'table' in memory ? memory.table : null,
    stopAction: record.granted.type === 'revertible' ? 'shutdown' : stopAction,
    bootTimeoutSeconds,
    network: policy.network.mode,
  };
}
