import type { Kysely, Transaction } from 'kysely';
import type { Isolation } from './database-handle.ts';
import type { Database } from './tables/database.ts';

/** serialization_failure and deadlock_detected: PostgreSQL rolled back, and says that trying again helps. */
const worthRetrying = new Set(['40001', '40P01']);
const attempts = 4;

/** Runs `work` in a transaction, again after a conflict with another one. */
export async function retryTransaction<Result>(
  db: Kysely<Database>,
  work: (trx: Transaction<Database>) => Promise<Result>,
  isolation: Isolation = 'read committed',
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().setIsolationLevel(isolation).execute(work);
    } catch (error) {
      if (attempt === attempts || !worthRetrying.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
