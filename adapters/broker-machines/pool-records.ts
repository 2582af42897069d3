import { type DatabaseHandle, newId } from '@atelier/adapters/postgres';
import { type PoolVm, type VmSettings, vmSettingsOf } from '@atelier/domain/broker';
import { sql } from 'kysely';

/** A collection whose machines we make. */
export interface Pool {
  readonly id: string;
  readonly name: string;
  readonly personal: boolean;
  readonly settings: VmSettings;
}

/** A machine of a pool, with its target. */
export interface PooledVm extends PoolVm {
  readonly id: string;
}

/** What the directory has of pools. Whatever takes a machine from people, or gives it to them, is one transaction there. */
export interface PoolRecords {
  pools(): Promise<readonly Pool[]>;
  pool(collectionId: string): Promise<Pool | null>;
  vms(pool: Pool): Promise<readonly PooledVm[]>;
  /** Keeps people off a machine that nobody is on; false: somebody came first. */
  reserve(pool: Pool, targetId: string): Promise<boolean>;
  /** A machine that has no disk now: the next start makes one of this version. */
  renewed(targetId: string, version: number): Promise<void>;
  remove(targetId: string): Promise<void>;
  /** One more machine, stopped and without a disk; null when there are as many as there may be, or no environment to run it in. */
  add(pool: Pool, version: number): Promise<string | null>;
}

const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase()
    .slice(0, 40) || 'vm';

/** Opens them. Settings of a collection that cannot be read make it none of ours. */
export const poolRecords = (database: DatabaseHandle): PoolRecords => {
  const { db } = database;
  const select = () =>
    db
      .selectFrom('broker_collection')
      .select(['id', 'name', 'kind', 'vm'])
      .where('kind', 'in', ['pooled-vms', 'personal-vms'])
      .where(sql<boolean>`vm ? 'image'`);
  const poolOf = (row: { id: string; name: string; kind: string; vm: unknown }): Pool[] => {
    const settings = vmSettingsOf(row.vm);
    return settings ? [{ id: row.id, name: row.name, personal: row.kind === 'personal-vms', settings }] : [];
  };
  const lock = (trx: Parameters<Parameters<DatabaseHandle['withTransaction']>[0]>[0], id: string) =>
    sql`select broker_collection_lock(${id})`.execute(trx);
  return {
    pools: async () => (await select().where('enabled', '=', true).execute()).flatMap(poolOf),
    async pool(collectionId) {
      const row = await select().where('id', '=', collectionId).executeTakeFirst();
      return row ? (poolOf(row)[0] ?? null) : null;
    },
    async vms(pool) {
      const { rows } = await sql<PooledVm>`
        select target.id, target.name, target.state,
               target.num_sessions + target.num_pending = 0 as free,
               coalesce((target.properties ->> 'version')::int, 0) as version,
               used.used,
               target.owner_id is not null or (${pool.personal} and used.used) as owned
          from broker_target target
          cross join lateral (
            select exists (
              select from broker_session session
               where session.target_id = target.id
                 and session.created_at >= to_timestamp((target.properties ->> 'madeAt')::bigint / 1000.0)
                 and session.state in ('logged-off', 'orphaned')
                 and coalesce(session.end_reason, '') not in ('cancelled', 'failed')
            ) as used
          ) used
         where target.collection_id = ${pool.id} and target.properties ? 'madeAt'
         order by target.id`.execute(db);
      return rows;
    },
    reserve: (pool, targetId) =>
      database.withTransaction(async (trx) => {
        await lock(trx, pool.id);
        const row = await trx
          .updateTable('broker_target')
          .set({ state: 'stopping', state_detail: '' })
          .where('id', '=', targetId)
          .where(sql<boolean>`num_sessions + num_pending = 0`)
          .returning('id')
          .executeTakeFirst();
        return row !== undefined;
      }),
    async renewed(targetId, version) {
      await sql`
        update broker_target
           set state = 'stopped', state_detail = '', failing_since = null, endpoints = '[]',
               properties = properties || jsonb_build_object('version', ${version}::int, 'madeAt', (extract(epoch from clock_timestamp()) * 1000)::bigint)
         where id = ${targetId}`.execute(db);
    },
    async remove(targetId) {
      await db.deleteFrom('broker_target').where('id', '=', targetId).execute();
    },
    add: (pool, version) =>
      database.withTransaction(async (trx) => {
        await lock(trx, pool.id);
        const there = await trx
          .selectFrom('broker_target')
          .select('name')
          .where('collection_id', '=', pool.id)
          .execute();
        if (there.length >= pool.settings.size) return null;
        const { rows } = await sql<{ name: string }>`
          select environment.name
            from broker_environment environment
            left join broker_target target on target.environment = environment.name
           where environment.name = any (${[...pool.settings.environments]}::text[])
           group by environment.name order by (count(target.id) + 1.0) / environment.server_weight, environment.name limit 1`.execute(
          trx,
        );
        if (rows.length === 0) return null;
        const id = newId();
        const prefix = slug(pool.name);
        const { rows: added } = await sql<{ id: string }>`
          insert into broker_target (id, name, kind, collection_id, environment, state, single_session, properties)
          select ${id}, ${prefix} || '-' || n, 'virtual-machine', ${pool.id}, ${rows[0]!.name}, 'stopped', true,
                 jsonb_build_object('version', ${version}::int, 'madeAt', (extract(epoch from clock_timestamp()) * 1000)::bigint)
            from generate_series(1, ${pool.settings.size + 1000}::int) n
           where not exists (select from broker_target other where lower(other.name) = ${prefix} || '-' || n)
           order by n limit 1
              on conflict do nothing
          returning id`.execute(trx);
        return added[0]?.id ?? null;
      }),
  };
};
