import { mkdir, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import { buildDisk } from './build-disk.ts';
import { buildRootfs } from './build-rootfs.ts';
import { runProgram } from './run-program.ts';
import { diskBytes, partitionOffset, recipeKey, sampleRecipe, sourceDateEpoch } from './sample-recipe.ts';

export interface DebianSampleOptions {
  /** Where the raw disk is put. An existing file is replaced once the new one is whole. */
  readonly target: string;
  /** Kept between builds: with it the second build takes seconds. */
  readonly cacheDir: string;
  /** The image's name on the guest's screen and in its /etc/atelier-image. Default: `debian-lab`. */
  readonly name?: string;
  /** The version on the guest's screen, e.g. `1`. */
  readonly version: string;
  /** Further Debian packages for the guest. */
  readonly extraPackages?: readonly string[];
  readonly onProgress?: (progress: SampleProgress) => void;
  readonly signal?: AbortSignal;
}

export interface SampleProgress {
  readonly step: 'packages' | 'disk' | 'label';
  /** The part of the whole that is done, 0 to 1; an estimate. */
  readonly fraction: number;
  readonly detail: string;
}

export interface DebianSample {
  readonly path: string;
  readonly virtualSize: number;
  /** Whether the disk came from the cache. */
  readonly cached: boolean;
}

/**
 * Builds the sample: a small Debian 12 guest, from Debian's packages, as a bootable raw disk of 2 GiB (sparse).
 * Needs `debianSamplePackages` on this machine, and a Debian mirror the first time. Throws `image.sample-tool-missing` or
 * `image.sample-failed`; the target is untouched then.
 */
export async function buildDebianSample(options: DebianSampleOptions): Promise<DebianSample> {
  const { target, cacheDir, signal, name = 'debian-lab', version } = options;
  if (![name, version].every((label) => /^[A-Za-z0-9._-]{1,40}$/.test(label))) {
    throw new AtelierError('image.sample-failed', 'name and version may have letters, digits, "-", "_" and "." only');
  }
  const report = (step: SampleProgress['step'], fraction: number, detail: string) =>
    options.onProgress?.({ step, fraction, detail });
  const recipe = sampleRecipe(options.extraPackages ?? []);
  const base = join(cacheDir, `debian-base-${await recipeKey(recipe)}.raw`);
  await mkdir(cacheDir, { recursive: true });
  await mkdir(dirname(target), { recursive: true });
  const cached = await stat(base).then(
    (found) => found.size === diskBytes,
    () => false,
  );
  const workDir = await mkdtemp(join(cacheDir, 'work-'));
  try {
    if (!cached) {
      const rootfsTar = join(workDir, 'rootfs.tar');
      const fraction = packageProgress();
      report('packages', 0, 'asking the Debian mirror');
      await buildRootfs(recipe, {
        target: rootfsTar,
        signal,
        onLine: (line) => report('packages', fraction(line), line.replace(/^I: /, '')),
      });
      report('disk', 0.85, 'filling the disk');
      const raw = join(workDir, 'base.raw');
      await buildDisk({ rootfsTar, target: raw, workDir, signal });
      await rename(raw, base);
    }
    report('label', 0.95, `writing the label ${name} ${version}`);
    await labelCopy(base, { target, workDir, name, version, signal });
    report('label', 1, 'done');
    return { path: target, virtualSize: diskBytes, cached };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Copies the disk with its holes and writes the label into the copy's file system, without mounting it. */
async function labelCopy(
  base: string,
  options: Pick<DebianSampleOptions, 'target' | 'signal' | 'version'> & {
    readonly name: string;
    readonly workDir: string;
  },
): Promise<void> {
  const { target, workDir, signal } = options;
  const beside = `${target}.new`;
  const label = join(workDir, 'atelier-image');
  await writeFile(label, `NAME=${options.name}\nVERSION=${options.version}\n`, { mode: 0o644 });
  const env = { E2FSPROGS_FAKE_TIME: String(sourceDateEpoch) };
  const run = { timeoutMs: 5 * 60_000, signal, cwd: workDir, env };
  try {
    await runProgram('cp', ['--sparse=always', '--reflink=auto', base, beside], run);
    await runProgram(
      'debugfs',
      ['-w', '-R', 'write atelier-image /etc/atelier-image', `${beside}?offset=${partitionOffset}`],
      run,
    );
    const file = await open(beside, 'r');
    await file.sync().finally(() => file.close());
    await rename(beside, target);
  } finally {
    await rm(beside, { force: true });
  }
}

/** mmdebstrap says what it does, not how far it is: its milestones, as parts of the whole. */
function packageProgress(): (line: string) => number {
  const milestones: readonly [RegExp, number][] = [
    [/running apt-get update/, 0.05],
    [/downloading packages/, 0.1],
    [/extracting archives/, 0.35],
    [/installing essential/, 0.45],
    [/installing remaining/, 0.55],
    [/customize/, 0.75],
    [/creating tarball/, 0.8],
  ];
  let fraction = 0;
  return (line) => {
    for (const [pattern, value] of milestones) if (pattern.test(line)) fraction = Math.max(fraction, value);
    return fraction;
  };
}
