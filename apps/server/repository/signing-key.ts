import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generateSigner, type Signer, signerFromPem } from '@atelier/trim';

/**
 * The Ed25519 key in `file` (PEM, mode 0600); made when there is none. When two servers over one state folder start at
 * once, the one that creates the file decides and the other reads it.
 */
export async function signingKey(file: string): Promise<Signer> {
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found !== undefined) return signerFromPem(found);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { signer, privateKeyPem } = generateSigner();
  const beside = `${file}.${process.pid}.new`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(privateKeyPem);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return await takeOver(beside, file, signer);
}

async function takeOver(beside: string, file: string, signer: Signer): Promise<Signer> {
  try {
    // A link, unlike a rename, never replaces the key of somebody who was faster.
    await link(beside, file);
    const folder = await open(dirname(file), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return signer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return signerFromPem(await readFile(file, 'utf8'));
  } finally {
    await unlink(beside);
  }
}
