import { createHash, timingSafeEqual } from 'node:crypto';
import type { Database } from '@atelier/adapters/postgres';
import { secretStore } from '@atelier/adapters/postgres';
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
  /** 16 bytes; null when none is kept for the password that the user has now. */
  find(queries: Queries, user: Hashed): Promise<Uint8Array | null>;
  /** Whether the password is the one whose hash is kept; false also when none is. */
  fits(queries: Queries, user: Hashed, password: string): Promise<boolean>;
  /** For a user who is removed. */
  forget(queries: Queries, userId: string): Promise<void>;
  /** For a setting that is turned off. */
  forgetAll(queries: Queries): Promise<void>;
}

/** Setting under which an administrator forbids that NT hashes are kept. Default: kept. */
export const nlaSetting = 'broker.nla';

const keyOf = (userId: string) => `nt-hash/${userId.toLowerCase()}`;
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const hashOf = (password: string) => ntHash(password.normalize('NFC'));

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
      .get(keyOf(userId))
      .catch((error: unknown) => {
        if (error instanceof AtelierError && error.code === 'database.secret-unreadable') return undefined;
        throw error;
      });
  const forget: NtHashStore['forget'] = (queries, userId) => store(queries).remove(keyOf(userId));
  const find: NtHashStore['find'] = async (queries, user) => {
    if (user.password_hash === null) return null;
    const text = await read(queries, user.id);
    const [kept, of] = text?.split(' ') ?? [];
    return kept !== undefined && of === digest(user.password_hash) ? new Uint8Array(Buffer.from(kept, 'hex')) : null;
  };
  return {
    find,
    async keep(queries, user, password) {
      if (user.password_hash === null || !(await keepsNtHashes(queries))) return forget(queries, user.id);
      const hash = hashOf(password);
      const text = `${Buffer.from(hash).toString('hex')} ${digest(user.password_hash)}`;
      if ((await read(queries, user.id)) !== text) await store(queries).put(keyOf(user.id), text);
    },
    async fits(queries, user, password) {
      const kept = await find(queries, user);
      return kept !== null && timingSafeEqual(kept, hashOf(password));
    },
    forget,
    async forgetAll(queries) {
      await queries.deleteFrom('secret').where('key', 'like', 'nt-hash/%').execute();
    },
  };
}
