import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { StoreError, type TargetLock } from '@atelier/plugin-kit/broker';
import type { MachineHolds } from '@atelier/plugin-kit/broker/work';
import { sql } from 'kysely';
import type { Lease } from '../session-directory.ts';
import { lockCollection, softTransaction } from '../soft-write.ts';
import type { LeaseMaker } from './target-locks.ts';

const ttlMs = 10_000;
/** Who died over a machine holds it no longer than this: so long it is waited for. */
const patienceMs = ttlMs + 2000;
const lookEveryMs = 500;

/** Machines of a collection that one plug-in makes, while a job works on them. */
export interface MachineLocks extends MachineHolds {
  /** Gives machines back to people that a job held whose broker died. */
  freeAbandoned(): Promise<void>;
}

const heldBy = (jobId: string): string => `job ${jobId} holds it; it was `;

export function machineLocks(database: DatabaseHandle, lease: LeaseMaker): MachineLocks {
  const { db } = database;
  const free = (targetId: string, jobId: string) =>
    sql`
      update broker_target set state = substr(state_detail, ${heldBy(jobId).length + 1}::int), state_detail = ''
       where id = ${targetId} and state = 'initializing' and starts_with(state_detail, ${heldBy(jobId)})`.execute(db);
  const leaseAll = async (names: readonly string[]) => {
    const all: Lease[] = [];
    const release = async () => void (await Promise.all(all.map((one) => one.release())));
    for (const name of names) {
      const one = await lease(name, ttlMs).catch(async (error: unknown) => {
        await release();
        throw error;
      });
      if (!one) {
        await release();
        return null;
      }
      all.push(one);
    }
    return { fence: all[0]!.fence, signal: AbortSignal.any(all.map((one) => one.signal)), release };
  };
  return {
    async lock(job, name) {
      const target = await db
        .selectFrom('broker_target')
        .select(['id', 'name', 'provider', 'collection_id'])
        .where(sql<boolean>`lower(name) = ${name.toLowerCase()}`)
        .executeTakeFirst();
      if (target && target.provider !== job.provider)
        throw new StoreError('not-owner', `${target.name} is kept by ${target.provider}`);
      if (target && target.collection_id !== job.collectionId)
        throw new StoreError('bad-value', `${target.name} is of another collection`);
      // Other plug-ins respect the first of a target's leases, those who switch machines for the broker the second one.
      const names = target ? [`target/${target.id}`, `machine/${target.id}`] : [`machine-name/${name.toLowerCase()}`];
      let held = await leaseAll(names);
      for (
        const until = performance.now() + patienceMs;
        !held && performance.now() < until;
        held = await leaseAll(names)
      )
        await pause(lookEveryMs);
      if (!held) throw new StoreError('lock-timeout', `${name} is held by another`);
      const lock = (release: () => Promise<void>): TargetLock => ({
        targetName: target?.name ?? name,
        fence: held.fence,
        signal: held.signal,
        release,
      });
      if (!target) return lock(() => held.release());
      const taken = await softTransaction(database, async (trx) => {
        await lockCollection(trx, job.collectionId);
        const { rows } = await sql`
          update broker_target set state = 'initializing', state_detail = ${heldBy(job.id)} || state
           where id = ${target.id} and num_sessions + num_pending = 0 and state <> 'initializing' returning id`.execute(
          trx,
        );
        return rows.length > 0;
      }).catch(async (error: unknown) => {
        await held.release();
        throw error;
      });
      if (!taken) {
        await held.release();
        throw new StoreError('lock-timeout', `somebody is on ${target.name}, or it is being set up`);
      }
      return lock(async () => {
        await free(target.id, job.id);
        await held.release();
      });
    },

    async there(collectionId, provider, names) {
      if (names.length === 0) return new Set();
      const rows = await db
        .selectFrom('broker_target')
        .select(sql<string>`lower(name)`.as('folded'))
        .where('collection_id', '=', collectionId)
        .where('provider', '=', provider)
        .where(sql<boolean>`lower(name) = any (${names.map((one) => one.toLowerCase())}::text[])`)
        .execute();
      const folded = new Set(rows.map((one) => one.folded));
      return new Set(names.filter((one) => folded.has(one.toLowerCase())));
    },

    async freeAbandoned() {
      const { rows } = await sql<{ id: string; job: string }>`
        select target.id, substr(target.state_detail, 5, 26) as job
          from broker_target target
         where target.state = 'initializing' and target.state_detail ~ '^job [0-9A-Z]{26} holds it; it was '
           and not exists (
             select from task where task.id = substr(target.state_detail, 5, 26) and task.state = 'running'
           )`.execute(db);
      for (const { id, job } of rows) await free(id, job);
    },
  };
}
