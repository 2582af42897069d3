import type { Instance, InstanceReport } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Queries } from '../services.ts';

/** The part of a report that has no column of its own. */
export type InstanceData = Pick<
  InstanceReport,
  'stagedVersion' | 'updateAvailable' | 'localVersions' | 'guestAgent' | 'screen' | 'error'
>;

/** Instances with the names around them. */
export const instanceQuery = (queries: Queries) =>
  queries
    .selectFrom('workspace_instance as instance')
    .innerJoin('workspace', 'workspace.id', 'instance.workspace_id')
    .innerJoin('image', 'image.id', 'workspace.image_id')
    .innerJoin('people_user', 'people_user.id', 'instance.user_id')
    .innerJoin('endpoint', 'endpoint.id', 'instance.endpoint_id')
    .selectAll('instance')
    .select([
      'workspace.name as workspace_name',
      'image.name as image_name',
      'people_user.name as user_name',
      'endpoint.name as endpoint_name',
    ])
    .where('instance.state', '<>', 'deleted');

export type InstanceRow = Awaited<ReturnType<ReturnType<typeof instanceQuery>['execute']>>[number];

/** A row of {@link instanceQuery} as the contract shows it. */
export function instanceView(row: InstanceRow): Instance {
  const data = row.data as Partial<InstanceData>;
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    workspace: row.workspace_name,
    userId: row.user_id,
    user: row.user_name,
    endpointId: row.endpoint_id,
    endpoint: row.endpoint_name,
    image: row.image_name,
    state: row.state,
    version: row.version_number,
    stagedVersion: data.stagedVersion ?? null,
    updateAvailable: data.updateAvailable ?? null,
    localVersions: data.localVersions ?? [],
    policyRevision: row.policy_revision,
    guestAgent: data.guestAgent ?? false,
    screen: data.screen ?? false,
    transfer: row.progress as Instance['transfer'],
    error: data.error ?? null,
    startedAt: row.started_at?.toISOString() ?? null,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** @throws AtelierError `workspace.not-found` */
export async function readInstanceRow(queries: Queries, id: string): Promise<InstanceRow> {
  const row = await instanceQuery(queries).where('instance.id', '=', id).executeTakeFirst();
  if (!row) throw new AtelierError('workspace.not-found', `there is no instance ${id}`);
  return row;
}
