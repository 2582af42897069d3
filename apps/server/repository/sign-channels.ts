import { readLatest, setChannels } from '@atelier/adapters/repository';
import { digestHex, limits, manifestPath } from '@atelier/trim';
import type { Services } from '../services.ts';
import type { Repository } from './repository.ts';

/** How long a signed latest.json holds, in milliseconds; it is signed again when half of that has passed. */
const validForMs = 14 * 24 * 3_600_000;

async function channelsOf(db: Services['db'], image: string): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('image_channel')
    .innerJoin('image', 'image.id', 'image_channel.image_id')
    .innerJoin('image_version', 'image_version.id', 'image_channel.version_id')
    .select(['image_channel.name', 'image_version.number'])
    .where('image.name', '=', image)
    .orderBy('image_channel.name')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.name, row.number]));
}

/** The manifests that the repository has of some versions: they are others after a repack. */
async function digestsOf(repository: Repository, image: string, versions: readonly number[]) {
  const digests = new Map<number, string>();
  for (const version of new Set(versions)) {
    const file = await repository.store.read(manifestPath(image, version), limits.manifestFile);
    if (file) digests.set(version, digestHex(file));
  }
  return digests;
}

/**
 * Makes latest.json of `image` say what the database says, and keeps it from ending. The database is the truth: this can
 * be repeated at any time and after any crash, and writes only when there is something to write.
 *
 * @returns whether a new file was signed
 */
export async function signChannels(
  services: Pick<Services, 'db' | 'signal'>,
  repository: Repository,
  image: string,
  now = new Date(),
): Promise<boolean> {
  return await repository.whileSigning(image, services.signal, async () => {
    const channels = await channelsOf(services.db, image);
    const latest = await readLatest({ store: repository.store, image });
    const current = await digestsOf(repository, image, Object.values(channels));
    if (!latest && Object.keys(channels).length === 0) return false;
    const same =
      latest !== undefined &&
      Object.keys(latest.channels).length === Object.keys(channels).length &&
      Object.entries(channels).every(
        ([name, version]) =>
          latest.channels[name]?.version === version && latest.channels[name].manifest === current.get(version),
      );
    if (same && Date.parse(latest.expires) - now.getTime() > validForMs / 2) return false;
    await setChannels({
      store: repository.store,
      signer: repository.signer,
      image,
      channels,
      now: () => now,
      validForMs,
    });
    return true;
  });
}

/** {@link signChannels} for every image, and the root: at the start and from time to time. Gives what could not be signed. */
export async function signEverything(
  services: Pick<Services, 'db' | 'signal' | 'log'>,
  repository: Repository,
): Promise<readonly string[]> {
  const failed: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      services.log.error({ err: error, what }, 'could not be signed; it is tried again');
      failed.push(what);
    }
  };
  await attempt('root.json', () => repository.renewRoot());
  for (const { name } of await services.db.selectFrom('image').select('name').execute())
    await attempt(`latest.json of ${name}`, () => signChannels(services, repository, name));
  return failed;
}
