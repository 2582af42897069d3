import type { SessionDirectory } from '@atelier/adapters/session-directory';
import { liveSessionStates } from '@atelier/domain/broker';
import type { Services } from '../../services.ts';
import type { HostReport, HostSessionSeen } from './host-report.ts';
import { type KnownSession, targetOf } from './share-sessions.ts';

/** Ids of the targets that a host is, in the order they were made; null when the host is not registered any more. */
export async function targetsOfHost({ db }: Pick<Services, 'db'>, hostId: string): Promise<readonly string[] | null> {
  const rows = await db
    .selectFrom('host')
    .leftJoin('broker_target as target', 'target.host_id', 'host.id')
    .select('target.id')
    .where('host.id', '=', hostId)
    .orderBy('target.id')
    .limit(50)
    .execute();
  return rows.length === 0 ? null : rows.flatMap(({ id }) => (id === null ? [] : [id]));
}

async function knownOn({ db }: Pick<Services, 'db'>, targetIds: readonly string[]): Promise<readonly KnownSession[]> {
  const rows = await db
    .selectFrom('broker_session')
    .select(['target_id', 'user_name', 'host_session_id'])
    .where('target_id', 'in', targetIds)
    .where('state', 'in', liveSessionStates)
    .execute();
  return rows.map((row) => ({ targetId: row.target_id, user: row.user_name, hostSessionId: row.host_session_id }));
}

/** Books what a host tells of the targets that it is. `ageMs`: how old the list of sessions may be, as the directory has it. */
export async function takeReport(
  services: Pick<Services, 'db'>,
  directory: Pick<SessionDirectory, 'report' | 'reconcile'>,
  targetIds: readonly [string, ...string[]],
  { changes, sessions }: HostReport,
  ageMs?: number,
): Promise<void> {
  const known = () => (targetIds.length === 1 ? Promise.resolve([]) : knownOn(services, targetIds));
  for (const change of changes) {
    const targetId = targetOf(targetIds, await known(), change);
    await directory.report({ targetId, ...change });
  }
  if (sessions === null) return;
  const now = await known();
  const shares = new Map<string, HostSessionSeen[]>(targetIds.map((id) => [id, []]));
  for (const seen of sessions) shares.get(targetOf(targetIds, now, seen))?.push(seen);
  for (const [targetId, there] of shares) await directory.reconcile(targetId, there, ageMs);
}
