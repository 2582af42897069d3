import type { Kysely } from 'kysely';
import { openSecret, sealSecret } from './secret-box.ts';
import type { Database } from './tables/database.ts';

/** Secrets of the system by name (`ca/key`): sealed in the database, readable with the key file only. */
export interface SecretStore {
  /** Undefined when there is none. Throws AtelierError `database.secret-unreadable` under another key. */
  readonly get: (name: string) => Promise<string | undefined>;
  readonly put: (name: string, text: string) => Promise<void>;
  /** Stores what `make` gives unless there is one already; gives the one that is stored then, the same for all who ask at once. */
  readonly getOrMake: (name: string, make: () => Promise<string> | string) => Promise<string>;
  readonly remove: (name: string) => Promise<void>;
}

/** The store over `db` (or a transaction) with the key that `loadSecretKey` gave. */
export function secretStore(db: Kysely<Database>, key: Buffer): SecretStore {
  const get = async (name: string) => {
    const row = await db.selectFrom('secret').select('ciphertext').where('key', '=', name).executeTakeFirst();
    return row && openSecret(key, name, row.ciphertext);
  };
  return {
    get,
    put: async (name, text) => {
      const ciphertext = sealSecret(key, name, text);
      await db
        .insertInto('secret')
        .values({ key: name, ciphertext })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ ciphertext }))
        .execute();
    },
    getOrMake: async (name, make) => {
      const found = await get(name);
      if (found !== undefined) return found;
      const ciphertext = sealSecret(key, name, await make());
      await db
        .insertInto('secret')
        .values({ key: name, ciphertext })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await get(name))!;
    },
    remove: async (name) => {
      await db.deleteFrom('secret').where('key', '=', name).execute();
    },
  };
}
