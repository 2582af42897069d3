import {
  type ChannelTarget,
  checkName,
  exportLatest,
  type Latest,
  latestPath,
  type Signer,
  TrimError,
} from '@atelier/trim';
import { readLatest, readManifest, readRoot } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';

export type SignLatestRequest = {
  readonly store: RepositoryStore;
  readonly signer: Signer;
  readonly image: string;
  readonly now?: () => Date;
  /** how long latest.json is good for; 7 days unless told. Sign it again well before. */
  readonly validForMs?: number;
  /** the new counter is at least this: after a restore from backup give what the database remembers, plus one */
  readonly minimumCounter?: number;
};

/**
 * Points an image's channels at versions: `channels` are all of them, those left out are gone. Gives what was written.
 * Throws `trim.no-version`, `trim.name`. One caller at a time for an image.
 */
export async function setChannels(
  request: SignLatestRequest & { readonly channels: Readonly<Record<string, number>> },
): Promise<Latest> {
  const { store, image } = request;
  const root = await readRoot(store);
  const targets: Record<string, ChannelTarget> = {};
  for (const [channel, version] of Object.entries(request.channels)) {
    const { digest } = await readManifest(store, root, image, version);
    targets[checkName(channel, 'channel')] = { version, manifest: digest };
  }
  return write(request, targets, await readLatest({ store, image }));
}

/** Signs an image's channels again as they are, with the next counter and a new end. */
export async function resignLatest(request: SignLatestRequest): Promise<Latest> {
  const before = await readLatest(request);
  if (!before) throw new TrimError('trim.not-found', `image ${request.image} has no channels yet`);
  return write(request, before.channels, before);
}

async function write(
  request: SignLatestRequest,
  channels: Latest['channels'],
  before: Latest | undefined,
): Promise<Latest> {
  const {
    store,
    signer,
    image,
    now = () => new Date(),
    validForMs = 7 * 24 * 60 * 60 * 1000,
    minimumCounter = 1,
  } = request;
  const issued = now();
  const latest: Latest = {
    kind: 'latest',
    image: checkName(image, 'image'),
    counter: Math.max((before?.counter ?? 0) + 1, minimumCounter),
    issued: issued.toISOString(),
    expires: new Date(issued.getTime() + validForMs).toISOString(),
    channels,
  };
  await store.replace(latestPath(image), Buffer.from(await exportLatest(latest, [signer])));
  return latest;
}
