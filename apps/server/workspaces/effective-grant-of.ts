import { type Assignment, type EffectiveGrant, effectiveGrant } from '@atelier/domain/workspaces';
import type { Queries, Services } from '../services.ts';
import { assignmentOf, assignmentQuery } from './assignment-view.ts';

/** Whom an assignment may reach: a person by themselves or their groups, and the computer that they sit at. */
export interface Reach {
  readonly userId: string;
  /** Without one, assignments to devices do not count. */
  readonly endpointId?: string;
  /** Only this workspace. */
  readonly workspaceId?: string;
}

/** All assignments that reach a person, through nested groups too, disabled and expired ones included. */
export async function assignmentsReaching(
  services: Pick<Services, 'people'>,
  queries: Queries,
  { userId, endpointId, workspaceId }: Reach,
): Promise<Assignment[]> {
  const groups = await services.people.groupIdsOf(userId, queries);
  let rows = assignmentQuery(queries)
    .where('assignment.principal_id', 'in', [userId, ...groups, ...(endpointId === undefined ? [] : [endpointId])])
    .orderBy('assignment.id');
  if (workspaceId !== undefined) rows = rows.where('assignment.workspace_id', '=', workspaceId);
  return (await rows.execute()).map(assignmentOf);
}

/** What a person may do with one workspace, and the assignments from which that follows. */
export async function effectiveGrantOf(
  services: Pick<Services, 'people'>,
  queries: Queries,
  reach: Reach & { readonly workspaceId: string },
  now = new Date(),
): Promise<{ readonly grant: EffectiveGrant | null; readonly assignments: readonly Assignment[] }> {
  const assignments = await assignmentsReaching(services, queries, reach);
  return { grant: effectiveGrant(assignments, now), assignments };
}
