import type { Database, DatabaseHandle } from '@atelier/adapters/postgres';
import { isEnvironmentDriver, vmSettingsOf } from '@atelier/domain/broker';
import { type Kysely, sql } from 'kysely';
import type { Machine } from './machine.ts';

/** A machine with what its target is at the moment. */
export interface MachineNow extends Machine {
  readonly state: string;
  readonly collectionId: string;
  /** Seconds that it may take to start. */
  readonly startSeconds: number;
  /** Somebody is on it, or on the way to it. */
  readonly taken: boolean;
}

const select = (db: Kysely<Database>) =>
  db
    .selectFrom('broker_target as target')
    .innerJoin('broker_collection as collection', 'collection.id', 'target.collection_id')
    .innerJoin('broker_environment as environment', 'environment.name', 'target.environment')
    .select([
      'target.id',
      'target.name',
      'target.endpoints',
      'target.properties',
      'target.state',
      'target.collection_id',
    ])
    .select(['environment.name as environment', 'environment.driver', 'environment.settings'])
    .select(['collection.vm', 'collection.start_seconds'])
    .select(sql<boolean>`target.num_sessions + target.num_pending > 0`.as('taken'));
type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const machineOf = (row: Row): MachineNow => ({
  id: row.id,
  name: row.name,
  endpoints: row.endpoints,
  properties: row.properties,
  environment: { name: row.environment, driver: row.driver, settings: row.settings },
  vm: vmSettingsOf(row.vm),
  state: row.state,
  collectionId: row.collection_id,
  startSeconds: row.start_seconds,
  taken: row.taken,
});

/** What the directory has of machines that can be switched. */
export interface MachineRecords {
  /** Null: the target is gone, or its environment has no driver of ours. */
  machine(targetId: string): Promise<MachineNow | null>;
  /** So many of them at most. */
  inEnvironment(environment: string, limit: number): Promise<readonly MachineNow[]>;
  /** Those of the ids that targets have. */
  existing(targetIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Machines of a driver of ours that are not simply running or stopped, and need a look. */
  unsettled(): Promise<readonly MachineNow[]>;
  /** Whether somebody else than these users is on the way to the target, or on it. */
  isWanted(targetId: string, notBy: readonly string[]): Promise<boolean>;
}

export const machineRecords = ({ db }: Pick<DatabaseHandle, 'db'>): MachineRecords => ({
  async machine(targetId) {
    const row = await select(db).where('target.id', '=', targetId).executeTakeFirst();
    return row && isEnvironmentDriver(row.driver) ? machineOf(row) : null;
  },
  async inEnvironment(environment, limit) {
    const rows = await select(db)
      .where('environment.name', '=', environment)
      .orderBy('target.name')
      .limit(limit)
      .execute();
    return rows.map(machineOf);
  },
  async existing(targetIds) {
    if (targetIds.length === 0) return new Set();
    const rows = await db
      .selectFrom('broker_target')
      .select('id')
      .where(sql<boolean>`id = any (${[...targetIds]}::text[])`)
      .execute();
    return new Set(rows.map(({ id }) => id));
  },
  async unsettled() {
    const rows = await select(db)
      .where('target.state', 'in', ['starting', 'stopping', 'down', 'unknown', 'initializing'])
      .orderBy('target.id')
      .limit(500)
      .execute();
    return rows.filter((row) => isEnvironmentDriver(row.driver)).map(machineOf);
  },
  async isWanted(targetId, notBy) {
    const row = await db
      .selectFrom('broker_session')
      .select('id')
      .where('target_id', '=', targetId)
      .where('state', 'in', ['connecting', 'active', 'disconnected'])
      .where(sql<boolean>`(user_id is null or not (user_id::text = any (${[...notBy]}::text[])))`)
      .executeTakeFirst();
    return row !== undefined;
  },
});
