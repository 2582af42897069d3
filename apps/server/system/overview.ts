import { sql } from 'kysely';
import { hostIsSilent, targetStanding } from '../broker/target-standing.ts';
import type { Queries } from '../services.ts';

interface Counts {
  readonly images: number;
  readonly versions: number;
  readonly workspaces: number;
  readonly assignments: number;
  readonly users: number;
  readonly endpoints: number;
  readonly online: number;
  readonly running: number;
  readonly transferring: number;
  readonly failed: number;
  readonly info: number;
  readonly warning: number;
  readonly error: number;
  readonly tasks: number;
  readonly bytes: number;
  readonly collections: number;
  readonly targets: number;
  readonly targets_up: number;
  readonly targets_draining: number;
  readonly targets_down: number;
  readonly targets_host_silent: number;
  readonly desktop_sessions: number;
  readonly connecting: number;
  readonly refused: number;
  readonly timed_out: number;
  readonly brokers: number;
}

/** The numbers of the console's first page, in one statement. */
export async function overviewCounts(queries: Queries): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select (select count(*) from image)::int as images,
           (select count(*) from image_version where state = 'available')::int as versions,
           (select count(*) from workspace)::int as workspaces,
           (select count(*) from assignment)::int as assignments,
           (select count(*) from people_user)::int as users,
           (select count(*) from endpoint where state not in ('revoked', 'wiped'))::int as endpoints,
           (select count(*) from endpoint where state = 'online')::int as online,
           instances.running, instances.transferring, instances.failed,
           events.info, events.warning, events.error,
           (select count(*) from broker_collection)::int as collections,
           targets.*,
           attempts.*,
           (select count(*) from broker_instance
             where heartbeat_at > clock_timestamp() - interval '30 seconds')::int as brokers,
           (select count(*) from task where state in ('queued', 'running'))::int as tasks,
           (select coalesce(sum(file_size), 0) from image_version where state in ('available', 'retired'))::float8 as bytes
      from (
             select count(*) filter (where state in ('running', 'locked', 'starting', 'stopping'))::int as running,
                    count(*) filter (where state = 'transferring')::int as transferring,
                    count(*) filter (where state in ('failed', 'crashed', 'blocked'))::int as failed
               from workspace_instance
           ) instances,
           (
             select count(*) filter (where outcome = 'failed')::int as refused,
                    count(*) filter (where outcome = 'timed-out')::int as timed_out
               from broker_connection
              where at > now() - interval '1 hour'
           ) attempts,
           (
             -- Targets count their sessions: nobody has to count those of a whole organisation.
             select count(*)::int as targets,
                    count(*) filter (where ${targetStanding.up})::int as targets_up,
                    count(*) filter (where ${targetStanding.draining})::int as targets_draining,
                    count(*) filter (where ${targetStanding.down})::int as targets_down,
                    count(*) filter (where ${hostIsSilent})::int as targets_host_silent,
                    coalesce(sum(num_sessions), 0)::int as desktop_sessions,
                    coalesce(sum(num_pending), 0)::int as connecting
               from broker_target target left join host on host.id = target.host_id
           ) targets,
           (
             select count(*) filter (where severity = 'info')::int as info,
                    count(*) filter (where severity = 'warning')::int as warning,
                    count(*) filter (where severity = 'error')::int as error
               from event
              where received_at > now() - interval '24 hours'
           ) events`.execute(queries);
  return rows[0]!;
}
