import type { Workspace } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Queries } from '../services.ts';

/** Workspaces with the version that they run now: the pinned one, or the one that their channel points at. */
export const workspaceQuery = (queries: Queries) =>
  queries
    .selectFrom('workspace')
    .innerJoin('image', 'image.id', 'workspace.image_id')
    .leftJoin('image_version as pinned', 'pinned.id', 'workspace.pinned_version_id')
    .leftJoin('image_channel', (join) =>
      join
        .onRef('image_channel.image_id', '=', 'workspace.image_id')
        .onRef('image_channel.name', '=', 'workspace.channel'),
    )
    .leftJoin('image_version as pointed', 'pointed.id', 'image_channel.version_id')
    .selectAll('workspace')
    .select((eb) => [
      'image.name as image_name',
      'pinned.number as pinned_number',
      'pointed.number as pointed_number',
      eb
        .selectFrom('assignment')
        .select((one) => one.fn.countAll().as('count'))
        .whereRef('assignment.workspace_id', '=', 'workspace.id')
        .as('assignment_count'),
      eb
        .selectFrom('workspace_instance')
        .select((one) => one.fn.countAll().as('count'))
        .whereRef('workspace_instance.workspace_id', '=', 'workspace.id')
        .where('workspace_instance.state', '<>', 'deleted')
        .as('instance_count'),
    ]);

export type WorkspaceRow = Awaited<ReturnType<ReturnType<typeof workspaceQuery>['execute']>>[number];

/** The version that a workspace runs now, or null while its channel points at nothing. */
export const currentVersion = (row: Pick<WorkspaceRow, 'pinned_number' | 'pointed_number'>): number | null =>
  row.pinned_number ?? row.pointed_number;

/** A row of {@link workspaceQuery} as the contract shows it. */
export function workspaceView(row: WorkspaceRow): Workspace {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    supportContact: row.support_contact,
    type: row.type,
    image: row.image_name,
    channel: row.channel,
    pinnedVersion: row.pinned_number,
    enabled: row.enabled,
    policyRevision: row.active_revision ?? 0,
    currentVersion: currentVersion(row),
    assignmentCount: Number(row.assignment_count),
    instanceCount: Number(row.instance_count),
    createdAt: row.created_at.toISOString(),
    rev: row.rev,
  };
}

/** The workspace with this id or name. @throws AtelierError `workspace.not-found` */
export async function readWorkspaceRow(queries: Queries, idOrName: string): Promise<WorkspaceRow> {
  const row = await workspaceQuery(queries)
    .where(({ eb, or, fn }) =>
      or([eb('workspace.id', '=', idOrName), eb(fn('lower', ['workspace.name']), '=', idOrName.toLowerCase())]),
    )
    // An id may look like somebody's name for another workspace: the id wins.
    .orderBy(({ eb }) => eb('workspace.id', '=', idOrName), 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) throw new AtelierError('workspace.not-found', `there is no workspace ${idOrName}`);
  return row;
}

/** {@link readWorkspaceRow}, locked until the transaction ends. */
export async function lockWorkspace(queries: Queries, idOrName: string): Promise<WorkspaceRow> {
  const { id } = await readWorkspaceRow(queries, idOrName);
  await queries.selectFrom('workspace').select('id').where('id', '=', id).forUpdate().execute();
  return await readWorkspaceRow(queries, id);
}
