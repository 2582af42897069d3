import { type Database, newId } from '@atelier/adapters/postgres';
import type { Transfer } from '@atelier/api';
import type { Transaction } from 'kysely';

const states = { running: 'running', paused: 'paused', done: 'completed', failed: 'failed' } as const;
const unfinished = ['running', 'paused', 'verifying'] as const;

const columnsOf = (transfer: Transfer) => {
  const finished = transfer.state === 'done' || transfer.state === 'failed';
  return {
    state: states[transfer.state],
    bytes_total: transfer.bytesTotal,
    bytes_zero: transfer.bySource.zero,
    bytes_resumed: transfer.bySource.interrupted,
    bytes_previous: transfer.bySource.previous,
    bytes_host: transfer.bySource.host,
    bytes_network: transfer.bySource.network,
    bytes_downloaded: transfer.wireBytes,
    bytes_peer: transfer.bySource.peer,
    bytes_media: transfer.bySource.media,
    error: transfer.error === null ? null : JSON.stringify(transfer.error),
    finished_at: finished ? new Date() : null,
  };
};

/**
 * Keeps the history of transfers: one row for each, from its first report to its end. An endpoint goes on reporting the
 * last one after it has ended; that changes nothing any more.
 */
export async function storeTransfer(
  trx: Transaction<Database>,
  of: { readonly endpointId: string; readonly instanceId: string; readonly workspaceId: string },
  transfer: Transfer | null,
): Promise<void> {
  const version = transfer && (await versionOf(trx, of.workspaceId, transfer.version));
  const open = await trx
    .selectFrom('transfer')
    .select(['id', 'version_id'])
    .where('instance_id', '=', of.instanceId)
    .where('state', 'in', unfinished)
    .execute();
  for (const row of open.filter((one) => !transfer || one.version_id !== version))
    await trx
      .updateTable('transfer')
      .set({ state: 'cancelled', finished_at: new Date() })
      .where('id', '=', row.id)
      .execute();
  if (!transfer) return;
  const same = open.find((one) => one.version_id === version);
  const columns = columnsOf(transfer);
  if (same) {
    await trx.updateTable('transfer').set(columns).where('id', '=', same.id).execute();
    return;
  }
  if (columns.finished_at && (await wasRecorded(trx, of.instanceId, version, columns.state))) return;
  await trx
    .insertInto('transfer')
    .values({ id: newId(), endpoint_id: of.endpointId, instance_id: of.instanceId, version_id: version, ...columns })
    .execute();
}

async function versionOf(trx: Transaction<Database>, workspaceId: string, number: number): Promise<string | null> {
  const row = await trx
    .selectFrom('image_version')
    .innerJoin('workspace', 'workspace.image_id', 'image_version.image_id')
    .select('image_version.id')
    .where('workspace.id', '=', workspaceId)
    .where('image_version.number', '=', number)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Whether the last finished transfer of the instance is this one. */
async function wasRecorded(
  trx: Transaction<Database>,
  instanceId: string,
  versionId: string | null,
  state: ReturnType<typeof columnsOf>['state'],
): Promise<boolean> {
  const last = await trx
    .selectFrom('transfer')
    .select(['version_id', 'state'])
    .where('instance_id', '=', instanceId)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last !== undefined && last.version_id === versionId && last.state === state;
}
