import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import type { SessionDirectory } from './session-directory.ts';
import { lockCollection, softTransaction } from './soft-write.ts';

const batch = 1000;
/** Brokers tell every ten seconds that they are there. */
const deadAfter = sql`interval '60 seconds'`;
const forgottenAfter = sql`interval '7 days'`;

/** What is deleted when its time is over, in batches by its key. By the statement's time: with one that goes on no index is looked into. */
const pruned = [
  { table: 'broker_token', key: 'token_hash', over: sql`expires_at < statement_timestamp() - interval '1 hour'` },
  { table: 'broker_ticket', key: 'id', over: sql`expires_at < statement_timestamp() - interval '1 hour'` },
  { table: 'broker_lease', key: 'name', over: sql`until < statement_timestamp() - interval '1 hour'` },
  { table: 'broker_session', key: 'id', over: sql`ended_at < statement_timestamp() - interval '7 days'` },
  { table: 'broker_connection', key: 'id', over: sql`at < statement_timestamp() - interval '30 days'` },
  { table: 'broker_instance', key: 'id', over: sql`heartbeat_at < statement_timestamp() - interval '2 minutes'` },
] as const;

/** Ends and forgets what is over. Decisions do not depend on it: they look at the time themselves. */
export function expiry(database: DatabaseHandle): Pick<SessionDirectory, 'expire'> {
  const { db } = database;

  const endPending = async (collectionId: string): Promise<number> =>
    softTransaction(database, async (trx) => {
      await lockCollection(trx, collectionId);
      const { rows } = await sql`
        update broker_session
           set state = 'logged-off', expires_at = null, ended_at = clock_timestamp(), changed_at = clock_timestamp(), end_reason = 'timed-out'
         where id in (
           select id from broker_session
            where collection_id = ${collectionId} and state = 'connecting' and expires_at <= statement_timestamp()
            limit ${batch}
         )
        returning id`.execute(trx);
      return rows.length;
    });

  /** Nobody tells that a client is gone when the broker that carried it is. A client that is still there is on its way to another one. */
  const leaveDeadBrokers = async (): Promise<number> => {
    const { rows } = await sql`
      update broker_session
         set state = 'disconnected', disconnected_at = clock_timestamp(), changed_at = clock_timestamp(), relayed_by = null
       where id in (
         select session.id from broker_session session
          where session.state = 'active' and session.relayed_by is not null
            and session.changed_at < clock_timestamp() - ${deadAfter}
            and not exists (
              select from broker_instance broker
               where broker.id = session.relayed_by and broker.heartbeat_at > clock_timestamp() - ${deadAfter})
          limit ${batch} for update skip locked
       )
      returning id`.execute(db);
    return rows.length;
  };
  /**
   * Where a host speaks for its target, its word counts. Elsewhere, and where the host fell silent, nobody would ever tell that a session is over: a week
   * after the last sign of life it is, unless a broker carries it, or the plug-in that keeps the target says that somebody is there.
   */
  const endForgotten = async (): Promise<number> => {
    const { rows } = await sql`
      update broker_session
         set state = 'logged-off', ended_at = clock_timestamp(), changed_at = clock_timestamp(), end_reason = 'not-heard-of'
       where id in (
         select session.id
           from broker_session session
           join broker_target target on target.id = session.target_id
           left join host on host.id = target.host_id
          where (session.state = 'disconnected' and session.disconnected_at < clock_timestamp() - ${forgottenAfter}
              or session.state = 'active' and session.relayed_by is null and target.provider = 'atelier'
                 and session.changed_at < clock_timestamp() - ${forgottenAfter})
            and (host.sessions_heard_at is null or host.sessions_heard_at < clock_timestamp() - ${forgottenAfter})
          limit ${batch} for update of session skip locked
       )
      returning id`.execute(db);
    return rows.length;
  };

  return {
    async expire() {
      let count = (await leaveDeadBrokers()) + (await endForgotten());
      const late = await db
        .selectFrom('broker_session')
        .select('collection_id')
        .distinct()
        .where('state', '=', 'connecting')
        .where('expires_at', '<=', sql<Date>`statement_timestamp()`)
        .execute();
      for (const { collection_id } of late) count += await endPending(collection_id);
      for (const { table, key, over } of pruned) {
        const { numAffectedRows } = await sql`
          delete from ${sql.table(table)} where ${sql.ref(key)} in (
            select ${sql.ref(key)} from ${sql.table(table)} where ${over} limit ${batch} for update skip locked
          )`.execute(db);
        count += Number(numAffectedRows ?? 0);
      }
      return count;
    },
  };
}
