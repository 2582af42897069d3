import { hash, timingSafeEqual } from 'node:crypto';
import type { Database } from '@atelier/adapters/postgres';
import { openSecret, sealSecret, secretStore } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { ntHash } from '@atelier/spnego';
import type { Kysely } from 'kysely';
import type { Queries } from './queries.ts';

/** Whose password it is, as stored: argon2id in PHC form. */
interface Hashed {
  readonly id: string;
  readonly password_hash: string | null;
}

/**
 * NT hashes of passwords, by which people sign in with Network Level Authentication: sealed with the key of the state
 * folder. Each belongs to one stored password and is worth nothing once that was changed, whoever changed it.
 */
export interface NtHashStore {
  /** Keeps the hash of a password that was just set or checked; removes what was kept while the setting is off. */
  keep(queries: Queries, user: Hashed, password: string): Promise<void>;
  /**
   * 16 bytes, from what the database has under the user's {@link ntHashKey}; null when none is kept for the password that the user has now. Takes the same
   * time when there is nothing to open, or no user.
   */
  open(user: Hashed | null, sealed: Buffer | null): Uint8Array | null;
  /** Whether the password is the one whose hash is kept; false also when none is. */
  fits(user: Hashed | null, sealed: Buffer | null, password: string): boolean;
  /** For a user who is removed. */
  forget(queries: Queries, userId: string): Promise<void>;
  /** For a setting that is turned off. */
  forgetAll(queries: Queries): Promise<void>;
}

/** Setting under which an administrator forbids that NT hashes are kept. Default: kept. */
export const nlaSetting = 'broker.nla';

/** The name of the secret. */
export const ntHashKey = (userId: string): string => `nt-hash/${userId.toLowerCase()}`;
const unreadable = (error: unknown): boolean =>
  error instanceof AtelierError && error.code === 'database.secret-unreadable';
const digest = (text: string) => hash('sha256', text);
const hashOf = (password: string) => ntHash(password.normalize('NFC'));

const decoyName = 'nt-hash/nobody';
/** As long as one of argon2id in PHC form. */
const nobodysHash = '-'.repeat(97);

/** Whether NT hashes are kept. */
export async function keepsNtHashes(queries: Queries): Promise<boolean> {
  const row = await queries.selectFrom('setting').select('value').where('key', '=', nlaSetting).executeTakeFirst();
  return row === undefined || row.value !== false;
}

/** @param key what `loadSecretKey` gave */
export function ntHashStore(key: Buffer): NtHashStore {
  const store = (queries: Queries) => secretStore(queries as Kysely<Database>, key);
  // Sealed with another key, after a restore without it: as if there were none, until the next right password.
  const read = (queries: Queries, userId: string) =>
    store(queries)
      .get(ntHashKey(userId))
      .catch((error: unknown) => {
        if (unreadable(error)) return undefined;
        throw error;
      });
  const forget: NtHashStore['forget'] = (queries, userId) => store(queries).remove(ntHashKey(userId));
  const decoy = sealSecret(key, decoyName, `${'0'.repeat(32)} ${digest('')}`);
  const unsealed = (name: string, sealed: Buffer): string => {
    try {
      return openSecret(key, name, sealed);
    } catch (error) {
      if (unreadable(error)) return '';
      throw error;
    }
  };
  const open: NtHashStore['open'] = (user, sealed) => {
    const [kept, of] = (user && sealed ? unsealed(ntHashKey(user.id), sealed) : unsealed(decoyName, decoy)).split(' ');
    const fits = of === digest(user?.password_hash ?? nobodysHash);
    return fits && kept && user?.password_hash ? new Uint8Array(Buffer.from(kept, 'hex')) : null;
  };
  return {
    open,
    async keep(queries, user, password) {
      if (user.password_hash === null || !(await keepsNtHashes(queries))) return forget(queries, user.id);
      const ours = hashOf(password);
      const text = `${Buffer.from(ours).toString('hex')} ${digest(user.password_hash)}`;
      if ((await read(queries, user.id)) !== text) await store(queries).put(ntHashKey(user.id), text);
    },
    fits(user, sealed, password) {
      const kept = open(user, sealed);
      return kept !== null && timingSafeEqual(kept, hashOf(password));
    },
    forget,
    async forgetAll(queries) {
      await queries.deleteFrom('secret').where('key', 'like', 'nt-hash/%').execute();
    },
  };
}
