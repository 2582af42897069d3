import type { Database } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { nextVersionState, type VersionAction, type VersionState } from '@atelier/domain/images';
import type { Transaction, Updateable } from 'kysely';
import type { Origin, Services } from '../services.ts';
import type { VersionRow } from './version-view.ts';

/** The state after `action`. @throws AtelierError `image.wrong-state` */
export function stateAfter(
  row: Pick<VersionRow, 'image_name' | 'number' | 'state'>,
  action: VersionAction,
): VersionState {
  const next = nextVersionState(row.state, action);
  if (!next)
    throw new AtelierError('image.wrong-state', `version ${row.number} of ${row.image_name} is ${row.state}`, {
      extra: { state: row.state, action },
    });
  return next;
}

/** Moves a locked version by `action`, with its audit entry. @throws AtelierError `image.wrong-state`, `image.in-use` */
export async function moveVersion(
  services: Pick<Services, 'audit'>,
  trx: Transaction<Database>,
  origin: Origin,
  row: VersionRow,
  action: VersionAction,
  changes: Omit<Updateable<Database['image_version']>, 'state'> = {},
): Promise<void> {
  const state = stateAfter(row, action);
  try {
    await trx
      .updateTable('image_version')
      .set({ ...changes, state })
      .where('id', '=', row.id)
      .execute();
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'image_version_not_in_use') throw error;
    const what = row.channels.map((channel) => `channel ${channel.name}`).join(', ') || 'a pinned workspace';
    throw new AtelierError('image.in-use', `${what} points at version ${row.number} of ${row.image_name}`, {
      cause: error,
    });
  }
  await services.audit.append(trx, origin, {
    verb: `image-version.${action}`,
    object: { kind: 'image-version', id: row.id, name: `${row.image_name}/${row.number}` },
    before: { state: row.state },
    after: { state },
  });
}
