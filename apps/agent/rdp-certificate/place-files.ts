import { lstat, open, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readIfThere, syncFolder } from '@atelier/adapters/durable-file';
import { runProgram } from '../accounts/run-program.ts';
import type { RdpCertificate } from './rdp-certificate-file.ts';

/** What was there before, beside it. */
export const backupOf = (path: string): string => `${path}.before-atelier`;

const there = (path: string) =>
  lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

/** The number of a group; null when this machine has no such one. */
export async function groupId(name: string): Promise<number | null> {
  const { code, output } = await runProgram(['getent', 'group', name]);
  const id = Number(output.split(':')[2]);
  return code === 0 && Number.isSafeInteger(id) ? id : null;
}

async function put(path: string, text: string, mode: number, gid: number | null): Promise<void> {
  const beside = `${path}.new`;
  await rm(beside, { force: true });
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (gid !== null) await file.chown(process.getuid?.() ?? 0, gid);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

/** Keeps what was there before us, once: a link stays a link. The file itself stays where it is, so that there is always one. */
async function keepBefore(path: string): Promise<boolean> {
  const backup = backupOf(path);
  if (!(await there(path)) || (await there(backup))) return false;
  const beside = `${backup}.new`;
  await rm(beside, { force: true });
  if ((await lstat(path)).isSymbolicLink()) await symlink(await readlink(path), beside);
  else {
    const from = await open(path, 'r');
    try {
      const { mode, uid, gid } = await from.stat();
      const to = await open(beside, 'wx', 0o600);
      try {
        await to.writeFile(await from.readFile());
        await to.chown(uid, gid);
        await to.chmod(mode & 0o777);
        await to.sync();
      } finally {
        await to.close();
      }
    } finally {
      await from.close();
    }
  }
  await rename(beside, backup);
  return true;
}

/** Whether what the RDP server reads is this certificate with its key. */
export async function isInPlace({ certificatePath, keyPath, certificate, privateKey }: RdpCertificate) {
  return (await readIfThere(certificatePath)) === certificate && (await readIfThere(keyPath)) === privateKey;
}

/**
 * Puts certificate and key where the RDP server reads them at its next connection; the key is for root and the group only. What was there before us is kept
 * beside it. Gives the backups that were made now.
 * @throws Error when the group is not there
 */
export async function placeFiles(of: RdpCertificate): Promise<readonly string[]> {
  const { certificatePath, keyPath, group } = of;
  const gid = group === null ? null : await groupId(group);
  if (group !== null && gid === null)
    throw new Error(`this machine has no group ${group}: name the one that the RDP server runs in, or "none"`);
  const kept: string[] = [];
  for (const path of [keyPath, certificatePath]) if (await keepBefore(path)) kept.push(backupOf(path));
  await put(keyPath, of.privateKey, gid === null ? 0o600 : 0o640, gid);
  await put(certificatePath, of.certificate, 0o644, gid);
  for (const folder of new Set([dirname(keyPath), dirname(certificatePath)])) await syncFolder(folder);
  return kept;
}

/** Gives back what was there before us, where our files are still what is there; else nothing is touched. Gives what was done, in words. */
export async function giveBack(of: RdpCertificate): Promise<readonly string[]> {
  const said: string[] = [];
  const ours = [
    [of.certificatePath, of.certificate],
    [of.keyPath, of.privateKey],
  ] as const;
  for (const [path, text] of ours) {
    const now = await readIfThere(path);
    if (now !== null && now !== text) said.push(`${path} was changed by somebody: left as it is`);
    else if (await there(backupOf(path))) {
      await rename(backupOf(path), path);
      said.push(`${path} is what it was before`);
    } else if (now !== null) {
      await rm(path);
      said.push(`${path} is removed; there was none before`);
    }
    await syncFolder(dirname(path));
  }
  return said;
}
