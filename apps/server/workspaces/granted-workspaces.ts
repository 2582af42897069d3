import { effectiveGrant, type GrantedWorkspace, plainGrant, policySchema } from '@atelier/domain/workspaces';
import type { Queries, Services } from '../services.ts';
import { assignmentsReaching, type Reach } from './effective-grant-of.ts';
import { currentVersion, workspaceQuery } from './workspace-view.ts';

/** Most workspaces that a grant names: the grant document's limit. */
const most = 1000;

/** Every workspace that reaches a person (on an endpoint), with what they may do there. Disabled ones are in it: the endpoint must know. */
export async function grantedWorkspaces(
  services: Pick<Services, 'people'>,
  queries: Queries,
  reach: Reach,
  now = new Date(),
): Promise<GrantedWorkspace[]> {
  const assignments = Map.groupBy(await assignmentsReaching(services, queries, reach), (one) => one.workspaceId);
  const ids = [...assignments.keys()].slice(0, most);
  if (ids.length === 0) return [];
  const workspaces = await workspaceQuery(queries)
    .innerJoin('workspace_policy_revision as policy', (join) =>
      join.onRef('policy.workspace_id', '=', 'workspace.id').onRef('policy.number', '=', 'workspace.active_revision'),
    )
    .select('policy.document')
    .where('workspace.id', 'in', ids)
    .orderBy(({ fn }) => fn('lower', ['workspace.name']))
    .execute();
  return workspaces.map((row) => {
    const limits = plainGrant(effectiveGrant(assignments.get(row.id)!, now)!);
    return {
      workspaceId: row.id,
      name: row.name,
      description: row.description,
      supportContact: row.support_contact,
      enabled: row.enabled && limits.enabled,
      type: row.type,
      image: row.image_name,
      channel: row.channel,
      version: currentVersion(row),
      policyRevision: row.active_revision ?? 0,
      policy: policySchema.parse(row.document),
      limits,
    };
  });
}
