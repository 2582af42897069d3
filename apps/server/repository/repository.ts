import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemStore, initRepository, type RepositoryStore, rotateRoot } from '@atelier/adapters/repository';
import { AtelierError } from '@atelier/domain/errors';
import { limits, openPinnedRoot, rootPath, type Signer } from '@atelier/trim';
import type { Services } from '../services.ts';
import { withDatabaseLock } from './database-lock.ts';
import { signingKey } from './signing-key.ts';
import { stagingStore } from './staging-store.ts';

/** The server's repository: static files in a folder, with the keys that sign them. */
export interface Repository {
  readonly folder: string;
  readonly store: RepositoryStore;
  readonly signer: Signer;
  /** Signs short-lived credentials for reading; the same on all servers. */
  readonly credentialKey: Uint8Array;
  /** The newest root.json: what endpoints pin. */
  rootText(): Promise<string>;
  /** Signs the root anew when a quarter of its time or less is left. */
  renewRoot(now?: Date): Promise<boolean>;
  /** What a version that is packed but not pushed looks like, and the folder that holds only its own files. */
  staging(versionId: string): Promise<{
    readonly folder: string;
    readonly own: RepositoryStore;
    readonly store: RepositoryStore;
  }>;
  /** Runs `work` while nothing is cleaned away: for pushes, removals and checks, of which there may be several at once. */
  steady<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
  /** Runs `work` alone among everything that is `steady`, on all servers: for the garbage collection. */
  exclusive<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
  /** Runs `work` alone among those that sign the channels of `image`. */
  whileSigning<Result>(image: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
}

/** Opens the repository in the state folder; makes it, with its keys, at the first start. */
export async function openRepository(
  services: Pick<Services, 'config' | 'db' | 'secrets' | 'signal'>,
): Promise<Repository> {
  const { stateDir } = services.config;
  const folder = join(stateDir, 'repository');
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const store = await fileSystemStore(folder);
  const rootSigner = await signingKey(join(stateDir, 'keys', 'repository-root.pem'));
  const signer = await signingKey(join(stateDir, 'keys', 'repository-signing.pem'));
  const credentialKey = await services.secrets.getOrCreate('repository/credential-key', () => randomBytes(32));

  const locked = <Result>(name: string, signal: AbortSignal, work: () => Promise<Result>) =>
    withDatabaseLock(services, name, 'exclusive', signal, work);
  await locked('repository.root', services.signal, () =>
    initRepository({ store, rootSigner, signingKeys: [signer.publicKey] }),
  );

  const rootText = async () => {
    const bytes = await store.read(rootPath, limits.rootFile);
    if (!bytes) throw new AtelierError('repository.unavailable', `the repository in ${folder} has no root.json`);
    return Buffer.from(bytes).toString();
  };
  // Brokers on other machines pin what is sealed, not what somebody on the way shows them.
  const sealRoot = async () => services.secrets.set('repository/root', Buffer.from(await rootText()));
  await sealRoot();
  return {
    folder,
    store,
    signer,
    credentialKey,
    rootText,
    renewRoot: (now = new Date()) =>
      locked('repository.root', services.signal, async () => {
        const root = openPinnedRoot(Buffer.from(await rootText()));
        const end = Date.parse(root.expires);
        if (end - now.getTime() > (end - Date.parse(root.issued)) / 4) return false;
        const rootSigners = [rootSigner];
        const signingKeys = [signer.publicKey];
        await rotateRoot({ store, oldSigners: rootSigners, rootSigners, signingKeys, now: () => now });
        await sealRoot();
        return true;
      }),
    staging: async (versionId) => {
      const staged = join(stateDir, 'packed', versionId);
      const own = await fileSystemStore(staged);
      return { folder: staged, own, store: stagingStore(own, store) };
    },
    steady: (signal, work) => withDatabaseLock(services, 'repository.content', 'shared', signal, work),
    exclusive: (signal, work) => locked('repository.content', signal, work),
    whileSigning: (image, signal, work) => locked(`repository.latest.${image}`, signal, work),
  };
}
