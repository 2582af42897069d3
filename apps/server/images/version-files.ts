import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a version's files lie outside of the repository. */
export function versionFiles(stateDir: string, versionId: string) {
  const draft = join(stateDir, 'drafts', versionId);
  return {
    /** Folder of the draft. */
    draft,
    /** The disk as it was uploaded, in its own format. */
    upload: join(draft, 'upload'),
    /** The disk as raw bytes, made from the upload. */
    raw: join(draft, 'disk.raw'),
    /** Folder of the version while it is packed but not pushed. */
    packed: join(stateDir, 'packed', versionId),
    /** The disk of a pushed version, fetched from the repository for test runs; its index lies beside. */
    test: join(stateDir, 'tests', `${versionId}.raw`),
  };
}

const remove = (path: string) => rm(path, { recursive: true, force: true });

/** Removes what only versions on their way need; the repository has the rest. */
export async function removeWorkFiles(stateDir: string, versionId: string): Promise<void> {
  const files = versionFiles(stateDir, versionId);
  await Promise.all([remove(files.draft), remove(files.packed)]);
}

/** Removes everything that is kept of a version outside of the repository. */
export async function removeVersionFiles(stateDir: string, versionId: string): Promise<void> {
  const { test } = versionFiles(stateDir, versionId);
  await Promise.all([removeWorkFiles(stateDir, versionId), remove(test), remove(`${test}.index`)]);
}
