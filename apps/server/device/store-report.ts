import { type Database, newId } from '@atelier/adapters/postgres';
import type { InstanceReport, Transfer } from '@atelier/api';
import { sql, type Transaction } from 'kysely';
import type { InstanceData } from '../endpoints/instance-view.ts';
import type { Services } from '../services.ts';
import { storeTransfer } from './store-transfer.ts';

const dataOf = (report: InstanceReport): InstanceData => ({
  stagedVersion: report.stagedVersion,
  updateAvailable: report.updateAvailable,
  localVersions: report.localVersions,
  guestAgent: report.guestAgent,
  screen: report.screen,
  error: report.error,
});

/** Ids among `ids` that a table has: a report may speak of people and workspaces that are gone. */
async function existing(trx: Transaction<Database>, table: 'people_user' | 'workspace', ids: readonly string[]) {
  if (ids.length === 0) return new Set<string>();
  const rows = await trx.selectFrom(table).select('id').where('id', 'in', ids).execute();
  return new Set(rows.map((row) => row.id));
}

/** Writes one instance, if anything of it changed; gives its id. */
async function storeInstance(trx: Transaction<Database>, endpointId: string, report: InstanceReport): Promise<string> {
  const columns = {
    state: report.state,
    reason: report.error && `${report.error.detail} (${report.error.code})`,
    version_number: report.version,
    policy_revision: report.policyRevision,
    progress: report.transfer && JSON.stringify(report.transfer satisfies Transfer),
    data: JSON.stringify(dataOf(report)),
    started_at: report.startedAt,
    reported_at: new Date(),
  };
  const key = { endpoint_id: endpointId, user_id: report.userId, workspace_id: report.workspaceId };
  const written = await trx
    .insertInto('workspace_instance')
    .values({ id: newId(), ...key, ...columns })
    .onConflict((conflict) =>
      conflict
        .constraint('workspace_instance_unique')
        .doUpdateSet(columns)
        .where(
          sql<boolean>`(workspace_instance.state, workspace_instance.reason, workspace_instance.version_number,
            workspace_instance.policy_revision, workspace_instance.progress, workspace_instance.data, workspace_instance.started_at)
            is distinct from (excluded.state, excluded.reason, excluded.version_number,
            excluded.policy_revision, excluded.progress, excluded.data, excluded.started_at)`,
        ),
    )
    .returning('id')
    .executeTakeFirst();
  if (written) return written.id;
  const same = trx.selectFrom('workspace_instance').select('id');
  const { id } = await same
    .where('endpoint_id', '=', endpointId)
    .where('user_id', '=', report.userId)
    .where('workspace_id', '=', report.workspaceId)
    .executeTakeFirstOrThrow();
  return id;
}

/**
 * Makes the rows of an endpoint's instances what it reports: the whole list, so what it does not name is gone.
 * Unchanged rows are left alone, so that nobody is told of nothing.
 */
export async function storeReport(
  services: Pick<Services, 'database'>,
  endpointId: string,
  reports: readonly InstanceReport[],
): Promise<void> {
  await services.database.withTransaction(async (trx) => {
    const users = await existing(trx, 'people_user', [...new Set(reports.map((one) => one.userId))]);
    const workspaces = await existing(trx, 'workspace', [...new Set(reports.map((one) => one.workspaceId))]);
    const kept: string[] = [];
    for (const report of reports) {
      if (!users.has(report.userId) || !workspaces.has(report.workspaceId)) continue;
      const id = await storeInstance(trx, endpointId, report);
      kept.push(id);
      await storeTransfer(trx, { endpointId, instanceId: id, workspaceId: report.workspaceId }, report.transfer);
    }
    let gone = trx.deleteFrom('workspace_instance').where('endpoint_id', '=', endpointId);
    if (kept.length > 0) gone = gone.where('id', 'not in', kept);
    await gone.execute();
  });
}
