import type { Database, DatabaseHandle } from '@atelier/adapters/postgres';
import { sql, type Transaction } from 'kysely';

/**
 * Who is where can be told again by the hosts: a crash of PostgreSQL may lose its last half second, and nobody waits for
 * the disk. As a condition of a statement, always true; for that statement's transaction only.
 */
export const withoutWaiting = sql<boolean>`(select set_config('synchronous_commit', 'off', true)) = 'off'`;

/** A transaction of {@link withoutWaiting}. */
export const softTransaction = <Result>(
  database: DatabaseHandle,
  work: (trx: Transaction<Database>) => Promise<Result>,
): Promise<Result> =>
  database.withTransaction(async (trx) => {
    await sql`select set_config('synchronous_commit', 'off', true)`.execute(trx);
    return work(trx);
  });

/** To be called first in a transaction that changes several sessions of a collection, or decides in it. */
export const lockCollection = (trx: Transaction<Database>, collectionId: string): Promise<unknown> =>
  sql`select broker_collection_lock(${collectionId})`.execute(trx);
