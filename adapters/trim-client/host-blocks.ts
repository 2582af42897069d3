import { closeSync, openSync } from 'node:fs';
import { blockBytes, blockDigest } from '@atelier/trim';
import { readBlocks, writeBlocks } from './disk-blocks.ts';
import type { HostDone, HostTask, TransferShared } from './transfer-tasks.ts';

const buffer = Buffer.alloc(blockBytes);

/** Takes blocks from one host file, each verified as it is read. Refs that are not there any more are told as bad. */
export function hostBlocks(shared: TransferShared, { path, refs, blocks }: HostTask): HostDone {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return { bytes: 0, bad: [...refs] };
  }
  const bad: number[] = [];
  let bytes = 0;
  try {
    for (let i = 0; i < refs.length; i++) {
      const ref = refs[i] as number;
      const block = readBlocks(fd, blocks[i] as number, 1, buffer);
      if (blockDigest(block).compare(shared.digests, ref * 32, ref * 32 + 32) !== 0) bad.push(ref);
      else bytes += writeUses(shared, ref, block);
    }
  } finally {
    closeSync(fd);
  }
  return { bytes, bad };
}

function writeUses({ uses, done, diskFd, size }: TransferShared, ref: number, block: Buffer): number {
  let bytes = 0;
  for (let u = uses.first[ref] as number; u < (uses.first[ref + 1] as number); u++) {
    const at = uses.blocks[u] as number;
    if (done[at] === 1) continue;
    bytes += writeBlocks(diskFd, at, block, size);
    done[at] = 1;
  }
  return bytes;
}
