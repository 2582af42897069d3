import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import type { NtHashStore } from './nt-hash-store.ts';
import { foldName } from './password-check.ts';
import { signInAttempts } from './sign-in-attempts.ts';

/** What Network Level Authentication proves a password by, with the same back-off as passwords in clear. */
export interface NlaIdentity {
  /**
   * The NT hash (16 bytes); null: no such user, disabled, none kept, or the name or address has to wait. Books an attempt
   * as failed, until it is {@link NlaIdentity.accepted}.
   */
  ntHash(name: string, ip: string): Promise<Uint8Array | null>;
  /** Tells that the client did not know the password. */
  refused(name: string, ip: string): Promise<void>;
  /** The user who proved it; null when they were disabled or removed meanwhile. */
  accepted(name: string, ip: string): Promise<{ readonly id: string; readonly name: string } | null>;
  /** The user of a name whom somebody else vouches for, such as Kerberos; null when there is none, or they are disabled. Books nothing. */
  vouched(name: string): Promise<{ readonly id: string; readonly name: string } | null>;
}

export function nlaIdentity(database: DatabaseHandle, ntHashes: NtHashStore): NlaIdentity {
  const { db } = database;
  const attempts = signInAttempts(database);
  return {
    async ntHash(name, ip) {
      const booked = await attempts.book(foldName(name), ip);
      if (booked.kind === 'wait') return null;
      const { user } = booked;
      // Opened for nobody, too: how long the answer takes tells no stranger which names there are.
      const hash = ntHashes.open(user, user?.sealed ?? null);
      return user?.disabled ? null : hash;
    },
    // It was booked as failed when the hash was asked for.
    async refused() {},
    accepted: (name, ip) => attempts.settleNewest(foldName(name), ip),
    async vouched(name) {
      const user = await db
        .selectFrom('people_user')
        .select(['id', 'name'])
        .where(sql<string>`lower(name)`, '=', foldName(name))
        .where('disabled', '=', false)
        .executeTakeFirst();
      return user ?? null;
    },
  };
}
