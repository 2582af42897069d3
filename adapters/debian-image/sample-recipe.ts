import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guestPackages } from './sample-packages.ts';

/** Every time in the sample's file system: the same input gives the same disk. */
export const sourceDateEpoch = 1_767_225_600;
/** The identity of its file system, by which the boot loader's command line names it. */
export const rootUuid = '6f1f2c1e-5a6b-4c1d-9e43-a7e11e2debaa';
export const diskBytes = 2 * 1024 ** 3;
/** Where the file system begins: 1 MiB, which leaves room for the boot loader behind the first sector. */
export const partitionOffset = 1024 ** 2;

/** Everything that decides what the sample holds, but for the version's label. */
export interface SampleRecipe {
  readonly suite: string;
  readonly packages: readonly string[];
  /** Files that are laid over those of the packages. */
  readonly overlay: string;
  /** Further patterns of package files to leave out. */
  readonly exclude: readonly string[];
  /** Further shell commands run on the finished tree, whose path is `$1`. */
  readonly customize: readonly string[];
}

export function sampleRecipe(extraPackages: readonly string[]): SampleRecipe {
  const wrong = extraPackages.find((name) => !/^[a-z0-9][a-z0-9.+-]{0,80}$/.test(name));
  if (wrong !== undefined) throw new Error(`"${wrong}" is no name of a Debian package`);
  return {
    suite: 'bookworm',
    packages: [...guestPackages, ...extraPackages],
    overlay: join(import.meta.dirname, 'overlay'),
    // what 3D needs and the plain VGA card cannot use: a third of the whole
    exclude: [
      '/usr/lib/x86_64-linux-gnu/libLLVM*',
      '/usr/lib/x86_64-linux-gnu/dri/*',
      '/usr/share/fonts/truetype/dejavu/*Serif*',
    ],
    customize: [],
  };
}

/** Changes whenever another disk would be built: for naming what is kept of it. */
export const debianSampleKey = (extraPackages: readonly string[] = []): Promise<string> =>
  recipeKey(sampleRecipe(extraPackages));

/** A name for the recipe's result in a cache: it changes with the packages, the files laid over them, and how it is built. */
export async function recipeKey(recipe: SampleRecipe): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ ...recipe, overlay: undefined, diskBytes, rootUuid, sourceDateEpoch }));
  const builders = ['build-rootfs.ts', 'build-disk.ts', 'master-boot-record.ts', 'sample-recipe.ts'];
  for (const name of builders) hash.update(await readFile(join(import.meta.dirname, name)));
  const entries = await readdir(recipe.overlay, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) hash.update(path.slice(recipe.overlay.length)).update(await readFile(path));
  return hash.digest('hex').slice(0, 16);
}
