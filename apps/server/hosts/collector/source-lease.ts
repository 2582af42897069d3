import { silentHolder, sourceHolder, sourcePatience } from '@atelier/domain/hosts';
import { sql } from 'kysely';
import type { Queries, Services } from '../../services.ts';

const until = sql<Date>`now() + make_interval(secs => ${sourcePatience / 1000})`;

/** The row of a host that delivers by itself, locked; no server pulls from it from now on. Undefined: there is no such host, or it shall not be collected from. */
export const holdForSource = (queries: Queries, hostId: string) =>
  queries
    .updateTable('host')
    .set({ event_lease_by: sourceHolder, event_lease_until: until })
    .where('id', '=', hostId)
    .where('collect_events', '=', true)
    .returning(['id', 'name', 'created_at', 'event_bookmark', 'event_sequence'])
    .executeTakeFirst();

/** The source leaves in good order: a server may pull again. */
export async function leaveSource(queries: Queries, hostId: string): Promise<void> {
  await queries
    .updateTable('host')
    .set({ event_lease_by: null, event_lease_until: null })
    .where('id', '=', hostId)
    .where('event_lease_by', 'in', [sourceHolder, silentHolder])
    .execute();
}

/** Tells of hosts that have fallen silent, each once, whichever server looks first. */
export async function tellSilentSources({ db, events }: Pick<Services, 'db' | 'events'>): Promise<void> {
  const silent = await db
    .updateTable('host')
    .set({ event_lease_by: silentHolder })
    .where('event_lease_by', '=', sourceHolder)
    .where('event_lease_until', '<', sql<Date>`now()`)
    .where('collect_events', '=', true)
    .returning(['id', 'name'])
    .execute();
  for (const { id, name } of silent)
    events.emit('host.silent', {
      detail: `${name} has brought neither events nor heartbeats for ${Math.round(sourcePatience / 60_000)} minutes`,
      data: { hostId: id, host: name },
    });
}
