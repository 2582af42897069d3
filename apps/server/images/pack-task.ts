import { rm } from 'node:fs/promises';
import { publishVersion, type RepositoryStore, readManifest, readRoot } from '@atelier/adapters/repository';
import type { Manifest } from '@atelier/trim';
import { manifestPath } from '@atelier/trim';
import type { Repository } from '../repository/repository.ts';
import type { Services, TaskControl } from '../services.ts';
import { currentContentKey } from './content-keys.ts';
import { rawDisk } from './raw-disk.ts';
import { requireRoom } from './receive-disk.ts';
import type { VersionRow } from './version-view.ts';
import { moveByTask, workOnVersion } from './work-on-version.ts';

/** Deltas are made from so many versions before: clients that are further behind take the plain blocks. */
const deltasFrom = 3;

/** Numbers of the newest published versions of the image, newest first. */
async function parentsOf(services: Services, version: VersionRow): Promise<number[]> {
  const rows = await services.db
    .selectFrom('image_version')
    .select('number')
    .where('image_id', '=', version.image_id)
    .where('state', 'in', ['available', 'retired'])
    .where('number', '<', version.number)
    .orderBy('number', 'desc')
    .limit(deltasFrom)
    .execute();
  return rows.map((row) => row.number);
}

async function bytesIn(own: RepositoryStore): Promise<number> {
  let bytes = 0;
  for await (const entry of own.list('')) if (!entry.path.startsWith('.')) bytes += entry.size;
  return bytes;
}

/** The staged version's manifest, if an earlier run got that far. */
async function stagedManifest(own: RepositoryStore, store: RepositoryStore, version: VersionRow) {
  if (!(await own.stat(manifestPath(version.image_name, version.number)))) return undefined;
  return await readManifest(store, await readRoot(store), version.image_name, version.number);
}

const phases = { packing: 'packing new blocks', delta: 'making deltas', writing: 'writing the manifest' } as const;

async function pack(
  services: Services,
  repository: Repository,
  version: VersionRow,
  control: TaskControl,
): Promise<{ readonly manifest: Manifest; readonly digest: string; readonly bytes: number }> {
  const { stateDir } = services.config;
  const { own, store } = await repository.staging(version.id);
  const earlier = await stagedManifest(own, store, version);
  if (earlier) return { ...earlier, bytes: await bytesIn(own) };
  control.progress(0, 'checking and converting the disk');
  const source = await rawDisk(stateDir, version, {
    signal: control.signal,
    onProgress: (fraction) => control.progress(fraction * 0.2, 'converting the disk'),
  });
  await requireRoom(stateDir, 0);
  const parents = await parentsOf(services, version);
  const encryption = await currentContentKey(services, version.image_id);
  if (encryption) control.log(`encrypting with key ${encryption.keyId}`);
  control.log(parents.length > 0 ? `making deltas from versions ${parents.join(', ')}` : 'this is the first version');
  await publishVersion({
    store,
    signer: repository.signer,
    image: version.image_name,
    version: version.number,
    source,
    parents,
    capabilities: version.capabilities,
    notes: version.notes,
    encryption,
    signal: control.signal,
    workers: 2,
    onProgress: ({ phase, bytesDone, bytesTotal }) => {
      const part = bytesTotal > 0 ? bytesDone / bytesTotal : 1;
      const from = { packing: 0.2, delta: 0.7, writing: 0.95 }[phase];
      const length = { packing: 0.5, delta: 0.25, writing: 0.05 }[phase];
      control.progress(from + part * length, phases[phase]);
    },
  });
  const { manifest, digest } = (await stagedManifest(own, store, version))!;
  return { manifest, digest, bytes: await bytesIn(own) };
}

/** The task `image.pack`: checks a draft's disk, turns it into a raw one and packs it beside the repository. */
export function packTask(services: Services, repository: Repository) {
  return async ({ versionId }: { readonly versionId: string }, control: TaskControl) =>
    await workOnVersion(services, versionId, 'packing', control, async (version) => {
      const { manifest, digest, bytes } = await pack(services, repository, version, control);
      const deltas = Object.fromEntries(manifest.deltas.map((delta) => [delta.from, delta.length]));
      await moveByTask(services, control.correlationId, versionId, 'packed', {
        image_size: manifest.size,
        file_size: bytes,
        manifest_digest: digest,
        delta_bytes: JSON.stringify(deltas),
        packed_at: new Date(),
        error: null,
      });
      control.log(`packed ${manifest.size} bytes of disk into ${bytes} bytes`);
      return { diskBytes: manifest.size, packedBytes: bytes, deltas };
    });
}

/** Throws away what was packed, so that the next attempt begins anew. */
export async function discardPacked(repository: Repository, versionId: string): Promise<void> {
  const { folder } = await repository.staging(versionId);
  await rm(folder, { recursive: true, force: true });
}
