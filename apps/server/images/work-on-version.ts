import { AtelierError } from '@atelier/domain/errors';
import type { VersionAction } from '@atelier/domain/images';
import type { Services, TaskControl } from '../services.ts';
import { moveVersion } from './move-version.ts';
import { type VersionError, type VersionRow, versionQuery } from './version-view.ts';

const errorOf = (error: unknown): VersionError => {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' && code.includes('.') ? code : 'server.internal',
    detail: typeof message === 'string' ? message : String(error),
  };
};

/** The version with this id, deleted ones excluded. */
export const versionById = (services: Pick<Services, 'db'>, id: string): Promise<VersionRow | undefined> =>
  versionQuery(services.db).where('image_version.id', '=', id).executeTakeFirst();

/** Moves a version on behalf of a task: as the system, under the task's correlation id. */
export async function moveByTask(
  services: Pick<Services, 'database' | 'audit'>,
  correlationId: string,
  versionId: string,
  action: VersionAction,
  changes: Parameters<typeof moveVersion>[5] = {},
): Promise<void> {
  await services.database.withTransaction(async (trx) => {
    const row = await versionQuery(trx)
      .where('image_version.id', '=', versionId)
      .forUpdate('image_version')
      .executeTakeFirst();
    if (!row) throw new AtelierError('image.not-found', 'the version was deleted meanwhile');
    await moveVersion(services, trx, { actor: { kind: 'system' }, correlationId }, row, action, changes);
  });
}

/**
 * Does a task's work on a version that is in `during`. When it fails for good the version becomes `failed`, with the reason;
 * when only this server stops or loses the lease, the version stays as it is and the work is taken up again.
 */
export async function workOnVersion<Result>(
  services: Services,
  versionId: string,
  during: 'packing' | 'uploading',
  control: TaskControl,
  work: (version: VersionRow) => Promise<Result>,
): Promise<Result | null> {
  const version = await versionById(services, versionId);
  if (!version) throw new AtelierError('image.not-found', 'the version was deleted meanwhile');
  if (version.state !== during) {
    // An earlier run got to the end, and only its report was lost.
    control.log(`the version is ${version.state} already`);
    return null;
  }
  try {
    return await work(version);
  } catch (error) {
    if (services.signal.aborted || (control.signal.aborted && !(await cancelled(services, control.taskId))))
      throw error;
    const reason = control.signal.aborted ? { code: 'trim.aborted', detail: 'it was cancelled' } : errorOf(error);
    await moveByTask(services, control.correlationId, versionId, 'failed', { error: JSON.stringify(reason) });
    throw error;
  }
}

async function cancelled(services: Services, taskId: string): Promise<boolean> {
  const row = await services.db
    .selectFrom('task')
    .select('cancel_requested')
    .where('id', '=', taskId)
    .executeTakeFirst();
  return row?.cancel_requested ?? false;
}
