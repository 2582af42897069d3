import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { loadSecretKey, secretStore } from '@atelier/adapters/postgres';
import type { Secrets } from './services.ts';

/** The sealed secrets of the database, as bytes. */
export async function databaseSecrets(database: DatabaseHandle, stateDir: string): Promise<Secrets> {
  const store = secretStore(database.db, await loadSecretKey(stateDir));
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const bytes = (stored: string): Uint8Array => new Uint8Array(Buffer.from(stored, 'base64'));
  return {
    async get(key) {
      const stored = await store.get(key);
      return stored === undefined ? undefined : bytes(stored);
    },
    set: (key, value) => store.put(key, text(value)),
    getOrCreate: async (key, make) => bytes(await store.getOrMake(key, async () => text(await make()))),
  };
}
