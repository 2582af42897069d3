import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { issueCredential, ownReader } from '@atelier/adapters/repository';
import { fetchVersion } from '@atelier/adapters/trim-client';
import { AtelierError } from '@atelier/domain/errors';
import { pinRoot } from '@atelier/trim';
import type { Repository } from '../repository/repository.ts';
import type { Services } from '../services.ts';
import { contentKey } from './content-keys.ts';
import { rawDisk } from './raw-disk.ts';
import { requireRoom } from './receive-disk.ts';
import { versionFiles } from './version-files.ts';
import type { VersionRow } from './version-view.ts';

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Path of a raw disk with the version's bytes, for reading: the draft's own disk while there is one, else the version as
 * fetched from the repository, with every block verified, and kept for the next run.
 */
export async function testDisk(
  services: Services,
  repository: Repository,
  version: VersionRow,
  signal: AbortSignal,
): Promise<string> {
  const { stateDir } = services.config;
  const files = versionFiles(stateDir, version.id);
  if ((await isThere(files.raw)) || (await isThere(files.upload))) {
    if (version.received_bytes !== version.upload_bytes)
      throw new AtelierError('image.upload-mismatch', 'the disk is not complete yet');
    return await rawDisk(stateDir, version, { signal });
  }
  if (await isThere(files.test)) return files.test;
  if (version.state !== 'available' && version.state !== 'retired')
    throw new AtelierError(
      'image.wrong-state',
      `version ${version.number} of ${version.image_name} is ${version.state}`,
    );
  await mkdir(dirname(files.test), { recursive: true, mode: 0o700 });
  await requireRoom(stateDir, version.image_size ?? 0);
  const partialDir = join(dirname(files.test), `${version.id}.partial`);
  await mkdir(partialDir, { recursive: true, mode: 0o700 });
  const credential = () => issueCredential(repository.credentialKey, ownReader, new Date(Date.now() + 600_000));
  await fetchVersion({
    repository: {
      baseUrls: [`${services.publicUrl()}/repository/`],
      headers: async () => ({ authorization: `Bearer ${credential()}` }),
      tls: { ca: services.authority.ca },
    },
    trust: pinRoot(await repository.rootText()),
    image: version.image_name,
    want: { version: version.number },
    target: files.test,
    sources: { previous: [], partialDir },
    contentKey: (keyId) => contentKey(services, version.image_name, keyId),
    signal,
  });
  await rm(partialDir, { recursive: true, force: true });
  return files.test;
}
