import type { Assignment as AssignmentView } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Assignment } from '@atelier/domain/workspaces';
import type { Queries } from '../services.ts';

/** Assignments with the names of workspace and principal. */
export const assignmentQuery = (queries: Queries) =>
  queries
    .selectFrom('assignment')
    .innerJoin('workspace', 'workspace.id', 'assignment.workspace_id')
    .leftJoin('people_user', 'people_user.id', 'assignment.user_id')
    .leftJoin('people_group', 'people_group.id', 'assignment.group_id')
    .leftJoin('endpoint', 'endpoint.id', 'assignment.endpoint_id')
    .selectAll('assignment')
    .select(({ fn, ref }) => [
      'workspace.name as workspace_name',
      fn
        .coalesce(ref('people_user.name'), ref('people_group.name'), ref('endpoint.name'))
        .$castTo<string>()
        .as('principal_name'),
    ]);

export type AssignmentRow = Awaited<ReturnType<ReturnType<typeof assignmentQuery>['execute']>>[number];

const nothing = { disabled: false, expired: false, offlineExceeded: false };

/** The limits of an assignment's row, with its principal: what the rules of the domain work on. */
export function assignmentOf(row: AssignmentRow): Assignment {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    principal: { kind: row.principal_kind, id: row.principal_id, name: row.principal_name },
    enabled: row.enabled,
    expiresOn: row.expires_on?.toISOString() ?? null,
    offlineLimitMinutes: row.offline_limit_minutes,
    deleteWhen: { ...nothing, ...row.delete_when },
    clipboard: row.clipboard,
    fileTransfer: row.file_transfer,
    printing: row.printing,
    cdDvd: row.cd_dvd,
  };
}

/** A row of {@link assignmentQuery} as the contract shows it. */
export const assignmentView = (row: AssignmentRow): AssignmentView => ({
  ...assignmentOf(row),
  workspace: row.workspace_name,
  createdAt: row.created_at.toISOString(),
  rev: row.rev,
});

/** @throws AtelierError `assignment.not-found` */
export async function readAssignmentRow(queries: Queries, id: string): Promise<AssignmentRow> {
  const row = await assignmentQuery(queries).where('assignment.id', '=', id).executeTakeFirst();
  if (!row) throw new AtelierError('assignment.not-found', `there is no assignment ${id}`);
  return row;
}
