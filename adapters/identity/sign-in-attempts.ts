import type { Database, DatabaseHandle } from '@atelier/adapters/postgres';
import { sql, type Transaction } from 'kysely';
import { perAddress, perUser, secondsLeft } from './back-off.ts';

interface Failures {
  readonly count: number;
  readonly since: number;
}

/** What became of asking to try: the number under which it is booked, or the seconds to wait. */
export type Booking =
  | { readonly kind: 'booked'; readonly seq: number /** The next failure has to wait. */; readonly slowed: boolean }
  | { readonly kind: 'wait'; readonly seconds: number };

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
    // Many people of one address who sign in at once are not slowed down by each other.
    .$if(where === 'ip', (query) => query.where(sql<boolean>`(settled or at < now() - interval '1 minute')`))
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), since: row.since };
};

/** Attempts to sign in, which all servers and brokers over one database share. `name` is what was typed, in lower case. */
export interface SignInAttempts {
  /**
   * Books an attempt as failed before the password is looked at, one at a time for each name: so guesses that are sent at
   * once count at once, on whichever server they arrive.
   */
  book(name: string, ip: string): Promise<Booking>;
  settle(seq: number, succeeded: boolean): Promise<void>;
  /** Settles the newest attempt of this name and address as succeeded. */
  settleNewest(name: string, ip: string): Promise<void>;
}

export function signInAttempts(database: DatabaseHandle): SignInAttempts {
  return {
    book: (name, ip) =>
      database.withTransaction(async (trx) => {
        await sql`
          select set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(hashtextextended(${`sign-in ${name}`}, 0))`.execute(
          trx,
        );
        const byUser = await failed(trx, 'user_name', name);
        const byAddress = ip === '' ? { count: 0, since: 0 } : await failed(trx, 'ip', ip);
        const seconds = Math.max(
          secondsLeft(byUser.count, byUser.since, perUser),
          secondsLeft(byAddress.count, byAddress.since, perAddress),
        );
        if (seconds > 0) return { kind: 'wait', seconds };
        const { seq } = await trx
          .insertInto('people_sign_in_attempt')
          .values({ user_name: name, ip: ip === '' ? null : ip, succeeded: false })
          .returning('seq')
          .executeTakeFirstOrThrow();
        return {
          kind: 'booked',
          seq,
          slowed: byUser.count + 1 >= perUser.free || byAddress.count + 1 >= perAddress.free,
        };
      }),

    async settle(seq, succeeded) {
      await database.db
        .updateTable('people_sign_in_attempt')
        .set({ succeeded, settled: true })
        .where('seq', '=', seq)
        .execute();
    },

    async settleNewest(name, ip) {
      await sql`
        update people_sign_in_attempt set succeeded = true, settled = true
         where seq = (
           select max(seq) from people_sign_in_attempt
            where user_name = ${name} and ip is not distinct from ${ip === '' ? null : ip}::inet)`.execute(database.db);
    },
  };
}
