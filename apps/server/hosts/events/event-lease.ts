import { sql } from 'kysely';
import type { Services } from '../../services.ts';

/** How long a server may be silent before another one collects in its place, in seconds. */
const leaseSeconds = 60;

/** Who collects from which host, told by the database: one server at a time for each. */
export function eventLeases(services: Services, holder: string) {
  const until = sql`now() + make_interval(secs => ${leaseSeconds})`;
  const ids = async (query: ReturnType<typeof sql<{ id: string }>>) =>
    (await query.execute(services.db)).rows.map((row) => row.id);
  return {
    /** Takes hosts that are reachable and that nobody collects from. */
    take: (count: number): Promise<readonly string[]> =>
      ids(sql<{ id: string }>`
        update host set event_lease_by = ${holder}, event_lease_until = ${until}
         where id in (select id from host
                       where collect_events and state = 'reachable'
                         and (event_lease_until is null or event_lease_until < now())
                       order by event_lease_until nulls first
                       limit ${count} for update skip locked)
        returning id`),
    /** Goes on with all that are still ours; gives them. The others must be let go at once. */
    renew: (): Promise<readonly string[]> =>
      ids(sql<{ id: string }>`
        update host set event_lease_until = ${until}
         where event_lease_by = ${holder} and collect_events and state = 'reachable' and event_lease_until >= now()
        returning id`),
    /** Gives one back, or all. */
    async release(hostId?: string): Promise<void> {
      let query = services.db.updateTable('host').set({ event_lease_by: null, event_lease_until: null });
      if (hostId) query = query.where('id', '=', hostId);
      await query.where('event_lease_by', '=', holder).execute();
    },
  };
}
