import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import type { NtHashStore } from './nt-hash-store.ts';
import { foldName, nobody } from './password-check.ts';
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
  const find = (name: string) =>
    db
      .selectFrom('people_user')
      .select(['id', 'name', 'password_hash'])
      .where(sql<string>`lower(name)`, '=', foldName(name))
      .where('disabled', '=', false)
      .executeTakeFirst();
  return {
    async ntHash(name, ip) {
      const booked = await attempts.book(foldName(name), ip);
      if (booked.kind === 'wait') return null;
      const user = await find(name);
      // Looked up for nobody, too: how long the answer takes tells no stranger which names there are.
      const hash = await ntHashes.find(db, user ?? nobody);
      return user ? hash : null;
    },
    // It was booked as failed when the hash was asked for.
    async refused() {},
    async accepted(name, ip) {
      const user = await find(name);
      if (!user) return null;
      await attempts.settleNewest(foldName(name), ip);
      return { id: user.id, name: user.name };
    },
    async vouched(name) {
      const user = await find(name);
      return user ? { id: user.id, name: user.name } : null;
    },
  };
}
