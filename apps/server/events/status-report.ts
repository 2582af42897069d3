import { sql } from 'kysely';
import type { Queries } from '../services.ts';

interface StatusRow {
  readonly id: string;
  readonly folded: string;
  readonly time: Date;
  readonly user_name: string;
  readonly host_name: string;
  readonly workspace_name: string;
  readonly started_at: Date | null;
  readonly client_version: string;
  readonly policy_revision: number | null;
  readonly image_name: string;
  readonly version_number: number | null;
}

/** The rows of the view `v_status` that are not older than `days`, by user; the view itself has no key to page by. */
export async function statusRows(
  queries: Queries,
  days: number,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<readonly StatusRow[]> {
  const { rows } = await sql<StatusRow>`
    select instance.id, lower(person.name) as folded,
           coalesce(instance.reported_at, instance.updated_at) as "time",
           person.name as user_name, endpoint.name as host_name, workspace.name as workspace_name,
           instance.started_at, endpoint.client_version, instance.policy_revision,
           image.name as image_name, instance.version_number
      from workspace_instance instance
      join endpoint on endpoint.id = instance.endpoint_id
      join people_user person on person.id = instance.user_id
      join workspace on workspace.id = instance.workspace_id
      join image on image.id = workspace.image_id
     where instance.state <> 'deleted'
       and coalesce(instance.reported_at, instance.updated_at) > now() - make_interval(days => ${days}::int)
       and ${after ? sql`(lower(person.name), instance.id) > (${after[0]}::text, ${after[1]}::text)` : sql`true`}
     order by lower(person.name), instance.id
     limit ${limit}`.execute(queries);
  return rows;
}

/** A row of the report with MED-V's columns. */
export const statusView = (row: StatusRow) => ({
  time: row.time.toISOString(),
  userName: row.user_name,
  hostName: row.host_name,
  workspaceName: row.workspace_name,
  online: row.started_at ? `Started at ${row.started_at.toISOString()}` : 'Stopped',
  clientVersion: row.client_version,
  policyVersion: row.policy_revision,
  imageName: row.image_name,
  imageVersion: row.version_number,
});
