import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fileSystemStore,
  initRepository,
  type PublishRequest,
  type PublishResult,
  publishVersion,
  type RepositoryStore,
  setChannels,
} from '@atelier/adapters/repository';
import { generateSigner, pinRoot, type Signer, type TrustState } from '@atelier/trim';
import type { FetchRequest, FetchResult } from '../fetch-types.ts';
import { fetchVersion } from '../fetch-version.ts';
import { type RepositoryServer, serveRepository } from './repository-server.ts';
import { writeDisk } from './sample-disks.ts';

/** A repository, a web server in front of it and a client's folder, all in a temporary folder. For tests. */
export type Lab = {
  readonly folder: string;
  readonly repository: string;
  readonly store: RepositoryStore;
  readonly signer: Signer;
  readonly server: RepositoryServer;
  readonly trust: TrustState;
  /** publishes a disk as a version of image `desk` */
  readonly publish: (version: number, disk: Buffer, over?: Partial<PublishRequest>) => Promise<PublishResult>;
  readonly point: (version: number) => Promise<unknown>;
  /** fetches to `<folder>/<name>.raw`; `from` are names fetched before */
  readonly fetch: (
    name: string,
    want: FetchRequest['want'],
    from?: readonly string[],
    over?: Partial<FetchRequest>,
  ) => Promise<FetchResult>;
  readonly disk: (name: string) => Promise<Buffer>;
  readonly path: (name: string) => string;
  readonly close: () => Promise<void>;
};

/** Opens a lab; `signer` signs everything in it, a new one unless given. */
export async function openLab(signer: Signer = generateSigner().signer): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'trim-lab-'));
  const repository = join(folder, 'repository');
  const store = await fileSystemStore(repository);
  const root = await initRepository({ store, rootSigner: signer, signingKeys: [signer.publicKey] });
  const server = await serveRepository(repository);
  const trust = pinRoot(root);
  const path = (name: string) => join(folder, `${name}.raw`);
  return {
    folder,
    repository,
    store,
    signer,
    server,
    trust,
    path,
    async publish(version, disk, over) {
      const source = await writeDisk(join(folder, `source-${version}`), disk);
      const compression = { level: 3, deltaLevel: 3, frameBlocks: 32, ...over?.compression };
      return publishVersion({ store, signer, image: 'desk', version, source, workers: 1, ...over, compression });
    },
    point: (version) => setChannels({ store, signer, image: 'desk', channels: { stable: version } }),
    fetch: (name, want, from = [], over = {}) =>
      fetchVersion({
        repository: { baseUrls: [server.url], attempts: 3, idleTimeoutMs: 5000 },
        trust,
        image: 'desk',
        want,
        target: path(name),
        sources: {
          previous: from.map((old) => ({ diskPath: path(old), indexPath: `${path(old)}.index` })),
          partialDir: join(folder, 'partial'),
        },
        workers: 1,
        ...over,
      }),
    disk: (name) => readFile(path(name)),
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
