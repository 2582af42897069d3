import { type Database, type DatabaseHandle, newId } from '@atelier/adapters/postgres';
import { sql, type Transaction } from 'kysely';
import { cleanName } from './clean-text.ts';
import { type SessionRow, sessionOf } from './rows.ts';
import { isSameUser } from './same-user.ts';
import type { SessionDirectory, SessionReport } from './session-directory.ts';
import { softTransaction } from './soft-write.ts';

const now = sql<Date>`clock_timestamp()`;
const live = ['connecting', 'active', 'disconnected'] as const;

interface Place {
  readonly target: string;
  readonly collection: string;
  readonly collection_id: string;
}

const endReused = (trx: Transaction<Database>, id: string) =>
  trx
    .updateTable('broker_session')
    .set({ state: 'logged-off', expires_at: null, ended_at: now, changed_at: now, end_reason: 'gone-from-host' })
    .where('id', '=', id)
    .execute();

/**
 * The live session that a report is about. By the relay's own id; by what the host calls it; else by its user, as long as
 * the host gave it no other name. What ends is not looked for among those still connecting: it was an older one.
 */
async function find(trx: Transaction<Database>, report: SessionReport) {
  const begins = report.what === 'log-on' || report.what === 'reconnect';
  const rows = await trx
    .selectFrom('broker_session')
    .selectAll()
    .where('target_id', '=', report.targetId)
    .where('state', 'in', live)
    .where((eb) =>
      eb.or([
        ...(report.sessionId === undefined ? [] : [eb('id', '=', report.sessionId)]),
        ...(report.hostSessionId === undefined ? [] : [eb('host_session_id', '=', report.hostSessionId)]),
        eb(sql`lower(user_name)`, '=', report.user.toLowerCase()),
      ]),
    )
    .orderBy('id')
    .forUpdate()
    .execute();
  const byId = rows.find(({ id }) => id === report.sessionId);
  if (byId) return byId;
  const named = rows.find(
    ({ host_session_id }) => host_session_id !== null && host_session_id === report.hostSessionId,
  );
  if (named && isSameUser(named.user_name, report.user)) return named;
  // The host uses the name again, after a restart: whoever had it is gone.
  if (named && begins) await endReused(trx, named.id);
  return rows.find(
    ({ user_name, state, host_session_id }) =>
      user_name.toLowerCase() === report.user.toLowerCase() &&
      (begins || state !== 'connecting') &&
      (report.hostSessionId === undefined || host_session_id === null),
  );
}

/**
 * Takes in a session that began without us. When its user has one elsewhere in the collection, it counts there without a
 * user, so that the other one stays the one that is found.
 */
export async function takeIn(
  trx: Transaction<Database>,
  place: Pick<Place, 'collection_id'>,
  seen: Pick<SessionReport, 'targetId' | 'user' | 'domain' | 'hostSessionId'>,
  state: 'active' | 'disconnected',
): Promise<SessionRow | undefined> {
  const person = await trx
    .selectFrom('people_user')
    .select('id')
    .where(sql<boolean>`lower(name) = ${seen.user.toLowerCase()}`)
    .executeTakeFirst();
  const values = {
    collection_id: place.collection_id,
    target_id: seen.targetId,
    user_name: seen.user,
    domain: seen.domain ?? '',
    state,
    host_session_id: seen.hostSessionId ?? null,
    disconnected_at: state === 'disconnected' ? now : null,
  };
  const insert = (userId: string | null) =>
    trx
      .insertInto('broker_session')
      .values({ id: newId(), user_id: userId, ...values })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
  return (person && (await insert(person.id))) ?? insert(null);
}

/** Sets a session to what was seen of it; null when nothing changes. */
export function changeTo(
  session: Pick<SessionRow, 'state' | 'host_session_id'>,
  state: 'active' | 'disconnected' | 'logged-off',
  hostSessionId: string | undefined,
) {
  const name =
    hostSessionId === undefined || hostSessionId === session.host_session_id ? {} : { host_session_id: hostSessionId };
  if (session.state === state && Object.keys(name).length === 0) return null;
  return {
    ...name,
    state,
    expires_at: null,
    changed_at: now,
    ...(state === 'logged-off' ? { ended_at: now, end_reason: 'logged-off' } : {}),
    ...(state === 'disconnected' ? { disconnected_at: now } : {}),
    ...(state === 'active' ? { disconnected_at: null, asked: null } : {}),
  };
}

/** Hosts and relays tell what clients and people called themselves. */
const cleanReport = (report: SessionReport): SessionReport => ({
  ...report,
  user: cleanName(report.user),
  ...(report.domain === undefined ? {} : { domain: cleanName(report.domain) }),
  ...(report.hostSessionId === undefined ? {} : { hostSessionId: cleanName(report.hostSessionId) }),
});

/** Books what hosts, agents and relays see. */
export function reports(database: DatabaseHandle): Pick<SessionDirectory, 'report'> {
  return {
    report: (told) =>
      softTransaction(database, async (trx) => {
        const report = cleanReport(told);
        if (report.user === '') return null;
        const place = await trx
          .selectFrom('broker_target as target')
          .innerJoin('broker_collection as collection', 'collection.id', 'target.collection_id')
          .select(['target.name as target', 'collection.name as collection', 'collection.id as collection_id'])
          .where('target.id', '=', report.targetId)
          .executeTakeFirst();
        if (!place) return null;
        const begins = report.what === 'log-on' || report.what === 'reconnect';
        const session = await find(trx, report);
        if (!session) {
          const taken = begins ? await takeIn(trx, place, report, 'active') : undefined;
          return taken ? sessionOf(taken, place) : null;
        }
        // One that is still connecting was never there: it stays pending until its time is over, or its user gets in.
        if (report.what === 'disconnect' && session.state === 'connecting') return sessionOf(session, place);
        const state = begins ? 'active' : report.what === 'disconnect' ? 'disconnected' : 'logged-off';
        const { relay } = report;
        // Its client came back by way of another broker before this one noticed that it was gone.
        const elsewhere = relay !== undefined && session.relayed_by !== null && session.relayed_by !== relay;
        if (elsewhere && report.what === 'disconnect') return sessionOf(session, place);
        const change = changeTo(session, state, report.hostSessionId);
        const carrier = begins ? relay : null;
        const carried = relay === undefined || session.relayed_by === carrier ? {} : { relayed_by: carrier };
        if (change === null && carried.relayed_by === undefined) return sessionOf(session, place);
        const changed = await trx
          .updateTable('broker_session')
          .set({ ...change, ...carried })
          .where('id', '=', session.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return sessionOf(changed, place);
      }),
  };
}
