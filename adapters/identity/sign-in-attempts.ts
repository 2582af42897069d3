import { isIP } from 'node:net';
import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { networkOf } from '@atelier/domain/people';
import { sql } from 'kysely';
import { perAddress, perUser, secondsLeft } from './back-off.ts';

/** What became of asking to try: the number under which it is booked, or the seconds to wait. */
export type Booking =
  | { readonly kind: 'booked'; readonly seq: number /** The next failure has to wait. */; readonly slowed: boolean }
  | { readonly kind: 'wait'; readonly seconds: number };

interface Failures {
  readonly seq: number;
  readonly by_user: number;
  readonly since_user: number;
  readonly by_address: number;
  readonly since_address: number;
}

/** Attempts to sign in, which all servers and brokers over one database share. `name` is what was typed, in lower case. */
export interface SignInAttempts {
  /**
   * Books an attempt as failed before the password is looked at, one at a time for each name: so guesses that are sent at
   * once count at once, on whichever server they arrive. `ip` may be ''.
   */
  book(name: string, ip: string): Promise<Booking>;
  settle(seq: number, succeeded: boolean): Promise<void>;
  /** Settles the newest attempt of this name and address as succeeded. */
  settleNewest(name: string, ip: string): Promise<void>;
}

/** An address as attempts are counted by, in a form that the database takes. */
const address = (ip: string): string | null => {
  const network = networkOf(ip);
  return isIP(network) === 0 ? null : network;
};

/** Nobody waits for the disk: a crash of the database forgets half a second of attempts. */
const withoutWaiting = sql<boolean>`(select set_config('synchronous_commit', 'off', true)) = 'off'`;

export function signInAttempts({ db }: Pick<DatabaseHandle, 'db'>): SignInAttempts {
  return {
    async book(name, ip) {
      const { rows } = await sql<Failures>`
        select seq, by_user, since_user, by_address, since_address from people_sign_in_book(${name}, ${address(ip)}::inet)`.execute(
        db,
      );
      const found = rows[0]!;
      const [byUser, byAddress, seq] = [Number(found.by_user), Number(found.by_address), Number(found.seq)];
      const seconds = Math.max(
        secondsLeft(byUser, found.since_user, perUser),
        secondsLeft(byAddress, found.since_address, perAddress),
      );
      if (seconds === 0)
        return { kind: 'booked', seq, slowed: byUser + 1 >= perUser.free || byAddress + 1 >= perAddress.free };
      // Whoever comes too early is told so, and does not wait longer for it.
      await db.deleteFrom('people_sign_in_attempt').where('seq', '=', seq).execute();
      return { kind: 'wait', seconds };
    },

    async settle(seq, succeeded) {
      await sql`
        update people_sign_in_attempt set succeeded = ${succeeded}, settled = true
         where seq = ${seq} and ${withoutWaiting}`.execute(db);
    },

    async settleNewest(name, ip) {
      await sql`
        update people_sign_in_attempt set succeeded = true, settled = true
         where ${withoutWaiting} and seq = (
           select max(seq) from people_sign_in_attempt
            where user_name = ${name} and ip is not distinct from ${address(ip)}::inet)`.execute(db);
    },
  };
}
