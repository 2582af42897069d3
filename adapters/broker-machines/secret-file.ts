import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'atelier-secret-';
/** No command takes so long: what is older was left by a broker that was killed. */
const leftAfterMs = 60 * 60_000;

/** Lends a secret to a program as a file that only we may read, in memory where the system has such a folder, while `work` runs. */
export async function withSecretFile<Result>(secret: string, work: (path: string) => Promise<Result>): Promise<Result> {
  const root = await stat('/dev/shm').then(
    (found) => (found.isDirectory() ? '/dev/shm' : tmpdir()),
    () => tmpdir(),
  );
  await removeLeft(root);
  const folder = await mkdtemp(join(root, prefix));
  try {
    const path = join(folder, 'secret');
    await writeFile(path, secret, { mode: 0o600 });
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeLeft(root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const path = join(root, name);
    const found = await stat(path).catch(() => null);
    if (found && found.uid === process.getuid?.() && Date.now() - found.mtimeMs > leftAfterMs)
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
