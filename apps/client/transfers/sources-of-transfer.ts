import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FetchRequest, findMedia, type PeerAccess, type PreviousVersion } from '@atelier/adapters/trim-client';
import type { TransferPolicy } from '@atelier/domain/transfers';
import type { Policy } from '@atelier/domain/workspaces';
import type { ImageStore } from '../images/image-store.ts';

/** Versions of other images that are looked through: each takes some ten MB of memory. */
const mostKin = 4;

/** Everything besides the repository that may lend blocks to a version. */
export async function sourcesOfTransfer(request: {
  readonly images: ImageStore;
  readonly image: string;
  readonly version: number;
  readonly update: Policy['update'];
  readonly policy: TransferPolicy;
  readonly peers: readonly PeerAccess[];
  readonly hostIndex: string;
}): Promise<FetchRequest['sources']> {
  const { images, image, version, update, policy } = request;
  const partialDir = images.partialFolder(image);
  const media = policy.media.enabled ? await findMedia(policy.media.folders) : [];
  const far = { partialDir, media, peers: policy.sharing.use ? request.peers : [] };
  if (!update.trimTransfer) return { previous: [], ...far };
  const at = (name: string, one: number): PreviousVersion => ({
    diskPath: images.diskPath(name, one),
    indexPath: `${images.diskPath(name, one)}.index`,
  });
  const others = images.images().filter((name) => name !== image);
  const newest = others.flatMap((name) =>
    images
      .versions(name)
      .slice(-1)
      .map((one) => at(name, one)),
  );
  return {
    ...far,
    previous: images
      .versions(image)
      .filter((one) => one !== version)
      .sort((a, b) => Math.abs(a - version) - Math.abs(b - version))
      .map((one) => at(image, one)),
    kin: newest.slice(0, mostKin),
    leftovers: await leftoversIn([image, ...others].map((name) => images.partialFolder(name))),
    hostFolders: update.hostFolders,
    hostIndex: request.hostIndex,
  };
}

/** Disks that transfers left or are making. */
async function leftoversIn(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders)
    for (const name of await readdir(folder).catch(() => []))
      if (name.endsWith('.part')) found.push(join(folder, name));
  return found;
}
