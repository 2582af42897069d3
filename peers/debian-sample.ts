import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDebianSample, debianSampleKey, makeVersionTwo } from '@atelier/adapters/debian-image';

/** What tests share: built once, kept between runs, named so that a changed recipe makes a new one. */
export const testCache = process.env.ATELIER_TEST_CACHE ?? join(import.meta.dirname, '..', '.cache', 'test');

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The raw disk of version 1 of the sample `debian-lab`. Never write to it: take an overlay, or `snapshotOnly`. */
export async function debianSampleV1(): Promise<string> {
  const target = join(testCache, `debian-lab-1-${await debianSampleKey()}.raw`);
  if (!(await exists(target))) {
    const beside = `${target}.${process.pid}`;
    await buildDebianSample({ target: beside, cacheDir: testCache, version: '1' });
    await rename(beside, target);
  }
  return target;
}

/** The raw disk of version 2: version 1 after a real `apt-get install` in the guest. */
export async function debianSampleV2(): Promise<string> {
  const base = await debianSampleV1();
  const target = base.replace('debian-lab-1-', 'debian-lab-2-');
  if (!(await exists(target))) {
    await mkdir(testCache, { recursive: true });
    const beside = `${target}.${process.pid}`;
    // sockets have short paths only: the work is done beside the disks, whose folder may be deep
    await makeVersionTwo({ base, target: beside, workDir: testCache, accelerator: 'tcg' });
    await rename(beside, target);
  }
  return target;
}
