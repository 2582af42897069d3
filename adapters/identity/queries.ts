import type { Database } from '@atelier/adapters/postgres';
import type { Kysely, Transaction } from 'kysely';

/** A connection or a transaction: what a query needs. */
export type Queries = Kysely<Database> | Transaction<Database>;
