import { sql } from 'kysely';
import type { Services } from '../../services.ts';

/** Keeps that a host told of its desktop sessions now; not more often than every ten seconds, however often it does. */
export async function noteWord({ db }: Pick<Services, 'db'>, hostId: string): Promise<void> {
  await db
    .updateTable('host')
    .set({ sessions_heard_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', hostId)
    .where(sql<boolean>`sessions_heard_at is null or sessions_heard_at < clock_timestamp() - interval '10 seconds'`)
    .execute();
}
