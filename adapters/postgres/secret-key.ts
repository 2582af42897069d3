import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './durable.ts';

/** The key file within the state folder; it is part of every backup. */
export const secretKeyFile = 'keys/secrets.key';

/**
 * The key under which secrets are sealed: 32 bytes in `<stateDir>/keys/secrets.key`, 0600. Made when it is missing; of
 * several processes that make it at once, one wins and all get its key.
 */
export async function loadSecretKey(stateDir: string): Promise<Buffer> {
  const file = join(stateDir, secretKeyFile);
  const read = async () => {
    const key = await readFile(file);
    if (key.length !== 32)
      throw new Error(`the key file ${file} has ${key.length} bytes instead of 32: restore it from a backup`);
    return key;
  };
  const missing = (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  };
  const found = await read().catch(missing);
  if (found) return found;
  const folder = join(stateDir, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.write(randomBytes(32));
    await handle.sync();
    await link(beside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close();
    await rm(beside, { force: true });
  }
  await syncFolder(folder);
  return read();
}
