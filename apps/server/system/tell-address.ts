import { hash } from 'node:crypto';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';

/** Tells the database under which address this server is reached: brokers on other machines fetch disks from there. Said again now and then. */
export async function tellAddress(db: Queries, url: string): Promise<void> {
  const key = `server.address.${hash('sha256', url).slice(0, 16)}`;
  const value = sql<string>`jsonb_build_object('url', ${url}::text, 'at', now())`;
  await db
    .insertInto('setting')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
