import type { InstanceError, InstanceRecord } from './instance-record.ts';

/** What decides besides the record itself whether a workspace may be started. */
export interface Circumstances {
  readonly now: Date;
  readonly offline: 'fresh' | 'warning' | 'exceeded';
  readonly revoked: boolean;
}

/** Why the workspace may not be started now, or null. A running one is never stopped for these reasons. */
export function startRefusal(record: InstanceRecord, { now, offline, revoked }: Circumstances): InstanceError | null {
  const { granted } = record;
  if (revoked) return { code: 'endpoint.revoked', detail: 'this computer was revoked by an administrator' };
  if (!record.listed) return { code: 'workspace.not-assigned', detail: `${granted.name} is no longer assigned to you` };
  if (!granted.enabled || !granted.limits.enabled)
    return { code: 'workspace.disabled', detail: `an administrator disabled ${granted.name}` };
  if (granted.limits.expiresOn !== null && new Date(granted.limits.expiresOn) <= now)
    return { code: 'workspace.expired', detail: `${granted.name} expired on ${granted.limits.expiresOn}` };
  if (offline === 'exceeded')
    return {
      code: 'workspace.offline-exceeded',
      detail: `${granted.name} may run ${granted.limits.offlineLimitMinutes} minutes without contact to the server`,
    };
  return null;
}

/** Why the policy wants everything of this workspace deleted here, or null. */
export function deletionReason(record: InstanceRecord, circumstances: Circumstances): string | null {
  const { deleteWhen } = record.granted.limits;
  const refusal = startRefusal(record, circumstances);
  if (refusal === null) return null;
  if (deleteWhen.disabled && (refusal.code === 'workspace.disabled' || refusal.code === 'workspace.not-assigned'))
    return 'the workspace was disabled';
  if (deleteWhen.expired && refusal.code === 'workspace.expired') return 'the workspace has expired';
  if (deleteWhen.offlineExceeded && refusal.code === 'workspace.offline-exceeded')
    return 'the computer was offline for too long';
  return null;
}

/**
 * The version that should be fetched or taken next, or null when all is as it should be: what the policy names, unless
 * the person went back from exactly that one.
 */
export function updateFor(record: InstanceRecord): number | null {
  const wanted = record.granted.version;
  if (wanted === null || wanted === record.version || wanted === record.staged) return null;
  return wanted;
}
