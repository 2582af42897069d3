import type { InstanceReport, LocalWorkspace, Transfer } from '@atelier/api';
import {
  actionsIn,
  type InstanceState,
  minutesOffline,
  type OfflineClock,
  offlineState,
} from '@atelier/domain/workspaces';
import { type Circumstances, startRefusal, updateFor } from './entitlement.ts';
import { atRest, type InstanceRecord } from './instance-record.ts';

/** What is known beside the journal while the daemon runs. */
export interface LiveFacts {
  readonly localVersions: readonly number[];
  readonly guestAgent: boolean;
  readonly screen: boolean;
  readonly transfer: Transfer | null;
}

/** One word for the state, out of machine, transfer and right to start. */
export function instanceState(record: InstanceRecord, circumstances: Circumstances): InstanceState {
  const { machine, transfer } = record;
  if (!atRest(machine)) return machine as InstanceState;
  if (transfer?.state === 'running') return 'transferring';
  if (transfer?.state === 'paused') return 'paused';
  if (record.blocked || startRefusal(record, circumstances) !== null) return 'blocked';
  if (transfer?.state === 'failed' && record.version === null && record.staged === null) return 'failed';
  if (machine !== 'none') return machine as InstanceState;
  return record.staged === null ? 'assigned' : 'staged';
}

/** The instance as the server and the person are told. */
export function instanceReport(record: InstanceRecord, circumstances: Circumstances, live: LiveFacts): InstanceReport {
  const update = updateFor(record);
  return {
    workspaceId: record.workspaceId,
    userId: record.userId,
    state: instanceState(record, circumstances),
    version: record.version,
    stagedVersion: record.staged,
    updateAvailable: record.granted.policy.update.mode === 'off' || update === record.declined ? null : update,
    localVersions: [...live.localVersions],
    policyRevision: record.granted.policyRevision,
    guestAgent: live.guestAgent,
    screen: live.screen,
    transfer: live.transfer,
    error:
      record.error ?? record.transfer?.error ?? (atRest(record.machine) ? startRefusal(record, circumstances) : null),
    startedAt: record.startedAt,
  };
}

/** The instance with what a person at the computer wants to know besides. */
export function localWorkspaceOf(
  record: InstanceRecord,
  report: InstanceReport,
  clock: OfflineClock | undefined,
  now: number,
): LocalWorkspace {
  const limit = record.granted.limits.offlineLimitMinutes;
  const minutes = clock ? minutesOffline(clock, now) : 0;
  return {
    ...report,
    name: record.granted.name,
    description: record.granted.description,
    supportContact: record.granted.supportContact,
    image: record.granted.image,
    wantedVersion: record.granted.version,
    actions: actionsIn(report.state),
    offline: { state: offlineState(limit, minutes), minutes: Math.floor(minutes), limitMinutes: limit },
  };
}
