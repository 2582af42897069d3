import { isIP } from 'node:net';
import { type DatabaseHandle, gathered, kept } from '@atelier/adapters/postgres';
import { networkOf } from '@atelier/domain/people';
import { sql } from 'kysely';
import { perAddress, perUser, secondsLeft } from './back-off.ts';

/** The user of a name, with what proves who they are. */
export interface NamedUser {
  readonly id: string;
  readonly name: string;
  readonly display_name: string;
  readonly password_hash: string | null;
  readonly disabled: boolean;
  /** What is kept under {@link ntHashKey}, sealed; null: nothing. */
  readonly sealed: Buffer | null;
}

/** What became of asking to try: the number under which it is booked, or the seconds to wait. */
export type Booking =
  | {
      readonly kind: 'booked';
      readonly seq: number;
      /** The next failure has to wait. */
      readonly slowed: boolean;
      /** Null: there is none of that name. */
      readonly user: NamedUser | null;
    }
  | { readonly kind: 'wait'; readonly seconds: number };

interface Asked {
  readonly name: string;
  readonly ip: string;
}

interface Failures {
  readonly n: number;
  /** The name is known at this address: only what failed here counts for it. */
  readonly here: boolean;
  readonly seq: number;
  readonly by_user: number;
  readonly since_user: number;
  readonly by_address: number;
  readonly since_address: number;
}

type Found = Failures & (NamedUser | { readonly id: null });

/** Attempts to sign in, which all servers and brokers over one database share. `name` is what was typed, in lower case. */
export interface SignInAttempts {
  /**
   * Books an attempt as failed before the password is looked at, one at a time for each name: so guesses that are sent at
   * once count at once, on whichever server they arrive. `ip` may be ''.
   */
  book(name: string, ip: string): Promise<Booking>;
  settle(seq: number, succeeded: boolean): Promise<void>;
  /** Settles the newest attempt of this name and address as succeeded. Gives the user, unless they are disabled; null when there is none. */
  settleNewest(name: string, ip: string): Promise<{ readonly id: string; readonly name: string } | null>;
}

/** An address as attempts are counted by, in a form that the database takes. */
const address = (ip: string): string | null => {
  const network = networkOf(ip);
  return isIP(network) === 0 ? null : network;
};

/** Nobody waits for the disk: a crash of the database forgets half a second of attempts. */
const withoutWaiting = sql<boolean>`(select set_config('synchronous_commit', 'off', true)) = 'off'`;

/** What becomes of attempts that were booked together, as if one had come after the other. */
function judged(asked: readonly Asked[], found: readonly Found[]): readonly Booking[] {
  const before: Asked[] = [];
  return found.map((row, n) => {
    const { name, ip } = asked[n]!;
    const just = before.filter((one) => one.name === name && (!row.here || address(one.ip) === address(ip))).length;
    const byUser = Number(row.by_user) + just;
    const byAddress = Number(row.by_address);
    const seconds = Math.max(
      secondsLeft(byUser, just > 0 ? 0 : row.since_user, perUser),
      secondsLeft(byAddress, row.since_address, perAddress),
    );
    if (seconds > 0) return { kind: 'wait', seconds };
    before.push({ name, ip });
    const slowed = byUser + 1 >= perUser.free || byAddress + 1 >= perAddress.free;
    return { kind: 'booked', seq: Number(row.seq), slowed, user: row.id === null ? null : row };
  });
}

/** Of several who ask at once, in one statement. */
const mostTogether = 32;
/** Longest wait for others in a crowd. */
const crowdMs = 10;

export function signInAttempts({ db }: Pick<DatabaseHandle, 'db'>): SignInAttempts {
  const bookTogether = async (asked: readonly Asked[]): Promise<readonly Booking[]> => {
    const { rows } = await sql<Found>`${kept}
      select booked.n, booked.here, booked.seq, booked.by_user, booked.since_user, booked.by_address, booked.since_address,
             person.id, person.name, person.display_name, person.password_hash, person.disabled, kept.ciphertext as sealed
        from people_sign_in_book_together(${asked.map(({ name }) => name)}::text[], ${asked.map(({ ip }) => address(ip))}::text[]) booked
        left join people_user person on lower(person.name) = booked.name
        left join secret kept on kept.key = 'nt-hash/' || lower(person.id)
       order by booked.n`.execute(db);
    const bookings = judged(asked, rows);
    // Whoever comes too early is told so, and does not wait longer for it.
    const early = rows.filter((_, n) => bookings[n]!.kind === 'wait').map(({ seq }) => seq);
    if (early.length > 0)
      await sql`delete from people_sign_in_attempt where seq = any (${early}::bigint[])`.execute(db);
    return bookings;
  };
  // Arrays through subqueries: else a plan for just so many looks cheaper than the kept one, and takes longer to make than to run.
  const settleTogether = async (ends: readonly { readonly seq: number; readonly succeeded: boolean }[]) => {
    await sql`${kept}
      update people_sign_in_attempt attempt set succeeded = over.succeeded, settled = true
        from unnest((select ${ends.map(({ seq }) => seq)}::bigint[]), (select ${ends.map(({ succeeded }) => succeeded)}::boolean[])) as over (seq, succeeded)
       where attempt.seq = over.seq and ${withoutWaiting}`.execute(db);
    return ends.map(() => undefined);
  };
  const settleNewestTogether = async (asked: readonly Asked[]) => {
    const { rows } = await sql<{ n: number; id: string; name: string }>`${kept}
      with proved as (
        select asked.n, person.id, person.name, (
                 select max(one.seq) from people_sign_in_attempt one
                  where one.user_name = asked.name and one.ip is not distinct from asked.address::inet) as seq
          from unnest((select ${asked.map(({ name }) => name)}::text[]), (select ${asked.map(({ ip }) => address(ip))}::text[])) with ordinality as asked (name, address, n)
          join people_user person on lower(person.name) = asked.name and not person.disabled
      ), settled as (
        update people_sign_in_attempt attempt set succeeded = true, settled = true
          from proved where attempt.seq = proved.seq and ${withoutWaiting}
      )
      select n::integer as n, id, name from proved`.execute(db);
    const byNumber = new Map(rows.map(({ n, id, name }) => [n, { id, name }]));
    return asked.map((_, n) => byNumber.get(n + 1) ?? null);
  };
  const together = { most: mostTogether, crowdMs };
  const book = gathered(bookTogether, together);
  const settle = gathered(settleTogether, together);
  const settleNewest = gathered(settleNewestTogether, { keyOf: ({ name }) => name, ...together });
  return {
    book: (name, ip) => book({ name, ip }),
    settle: (seq, succeeded) => settle({ seq, succeeded }),
    settleNewest: (name, ip) => settleNewest({ name, ip }),
  };
}
