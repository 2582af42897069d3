import type { Database, DatabaseHandle } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { sql, type Transaction } from 'kysely';
import type { Metrics } from '../http/metrics.ts';
import type { People, ServerEvents } from '../services.ts';
import { perAddress, perUser, secondsLeft } from './back-off.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';

interface Failures {
  readonly count: number;
  readonly since: number;
}

const failed = async (trx: Transaction<Database>, where: 'user_name' | 'ip', value: string): Promise<Failures> => {
  const row = await trx
    .selectFrom('people_sign_in_attempt')
    .select((eb) => [
      eb.fn.countAll<number>().as('count'),
      sql<number>`coalesce(extract(epoch from now() - max(at)), 0)::float8`.as('since'),
    ])
    .where(where, '=', value)
    .where('succeeded', '=', false)
    .where('at', '>', sql<Date>`now() - interval '1 hour'`)
    .$if(where === 'user_name', (query) =>
      query.where(
        'seq',
        '>',
        sql<number>`coalesce((select max(seq) from people_sign_in_attempt where user_name = ${value} and succeeded), 0)`,
      ),
    )
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), since: row.since };
};

/**
 * Books an attempt as failed before the password is looked at, one at a time for each name: so guesses that are sent at
 * once count at once, on whichever server they arrive. Gives its number, or the seconds to wait.
 */
async function book(trx: Transaction<Database>, name: string, ip: string) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sign-in ${name}`}, 0))`.execute(trx);
  const byUser = await failed(trx, 'user_name', name);
  const byAddress = ip === '' ? { count: 0, since: 0 } : await failed(trx, 'ip', ip);
  const wait = Math.max(
    secondsLeft(byUser.count, byUser.since, perUser),
    secondsLeft(byAddress.count, byAddress.since, perAddress),
  );
  if (wait > 0) return { wait };
  const { seq } = await trx
    .insertInto('people_sign_in_attempt')
    .values({ user_name: name, ip: ip === '' ? null : ip, succeeded: false })
    .returning('seq')
    .executeTakeFirstOrThrow();
  return { seq, slowed: byUser.count + 1 >= perUser.free || byAddress.count + 1 >= perAddress.free };
}

/** Checks passwords with back-off that all servers over one database share. */
export function passwordCheck(
  database: DatabaseHandle,
  events: ServerEvents,
  metrics: Metrics,
): People['checkPassword'] {
  return async (typed, password, { ip, correlationId }) => {
    const name = typed.trim().toLowerCase().slice(0, 128);
    const booked = await database.withTransaction((trx) => book(trx, name, ip));
    if (booked.wait !== undefined) {
      metrics.signIns.labels('slowed').inc();
      throw new AtelierError('people.sign-in-backoff', `wait ${booked.wait} s before the next attempt`, {
        extra: { retryAfterSeconds: booked.wait },
      });
    }
    const user = await database.db
      .selectFrom('people_user')
      .select(['id', 'name', 'display_name', 'password_hash', 'disabled'])
      .where(sql<string>`lower(name)`, '=', name)
      .executeTakeFirst();
    const { ok, outdated } = await verifyPassword(password, user?.password_hash ?? null);
    if (!ok || !user || user.disabled) {
      metrics.signIns.labels('failed').inc();
      if (booked.slowed)
        events.emit('server.sign-in-backoff', {
          detail: `too many wrong passwords for ${name} from ${ip}`,
          userName: user?.name ?? 'SYSTEM',
          correlationId,
          data: { name, ip },
        });
      throw new AtelierError('people.sign-in-failed', 'the name or the password is wrong');
    }
    await database.db
      .updateTable('people_sign_in_attempt')
      .set({ succeeded: true })
      .where('seq', '=', booked.seq)
      .execute();
    if (outdated) {
      const hash = await hashPassword(password);
      await database.db
        .updateTable('people_user')
        .set({ password_hash: hash })
        .where('id', '=', user.id)
        .where('password_hash', '=', user.password_hash)
        .execute();
    }
    metrics.signIns.labels('succeeded').inc();
    return { id: user.id, name: user.name, displayName: user.display_name };
  };
}
