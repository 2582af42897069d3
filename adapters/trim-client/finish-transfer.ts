import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeLocalIndex, type LocalIndex, merkleRoot, TrimError, trimIoError } from '@atelier/trim';
import type { PartialDisk } from './partial-disk.ts';

/**
 * Verifies the whole disk against the manifest's Merkle root and puts disk and index in place. The index goes first: a disk
 * in place always has its index, and a killed client finds either the partial or the finished disk.
 */
export async function finishTransfer(partial: PartialDisk, local: LocalIndex, target: string): Promise<void> {
  const root = merkleRoot(local.index.size, local.index.map, local.digests);
  if (root !== local.manifest.root) {
    await partial.remove();
    throw new TrimError(
      'trim.root-mismatch',
      `the disk of ${local.manifest.image} version ${local.manifest.version} has root ${root}, not ${local.manifest.root}`,
    );
  }
  try {
    await partial.disk.sync();
    const beside = `${target}.index.new`;
    const file = await open(beside, 'w', 0o600);
    try {
      for (const part of encodeLocalIndex(local)) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, `${target}.index`);
    await rename(partial.diskPath, target);
    await syncFolder(dirname(target));
  } catch (error) {
    throw trimIoError(error, 'the finished disk cannot be put in place');
  }
  await rm(partial.journalPath, { force: true });
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
