import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes, blockDigest, limits } from '@atelier/trim';
import { type HostFile, headBytes } from './host-index.ts';

const blocksAtOnce = 256;
const chunk = Buffer.alloc(blocksAtOnce * blockBytes);
const zeros = Buffer.alloc(blocksAtOnce * blockBytes);
const heads = Buffer.alloc(blocksAtOnce * headBytes);

/** Regular files of the folders, on the folders' own file systems; what cannot be read is passed over. */
export function* hostFiles(folders: readonly string[]): Generator<HostFile> {
  const seen = new Set<string>();
  const stack = folders.map((path) => ({ path, device: -1 }));
  for (let at = stack.pop(); at; at = stack.pop()) {
    const stat = attempt(() => lstatSync(at.path));
    if (!stat) continue;
    if (stat.isDirectory()) {
      if (at.device !== -1 && stat.dev !== at.device) continue;
      for (const name of attempt(() => readdirSync(at.path)) ?? [])
        stack.push({ path: join(at.path, name), device: stat.dev });
    } else if (stat.isFile() && stat.size > 0 && stat.size <= limits.image) {
      const identity = `${stat.dev}:${stat.ino}`;
      if (stat.nlink > 1 && seen.has(identity)) continue;
      if (stat.nlink > 1) seen.add(identity);
      yield { path: at.path, size: stat.size, mtimeMs: stat.mtimeMs, inode: stat.ino };
    }
  }
}

/**
 * Gives the heads of a file's blocks to `take`, some at a time, in a buffer that is used again. False when it cannot be read to its
 * end: what was given is then worth nothing.
 */
export function hashFile({ path, size }: HostFile, take: (heads: Uint8Array) => void): boolean {
  const fd = attempt(() => openSync(path, 'r'));
  if (fd === undefined) return false;
  try {
    for (let at = 0; at < size; at += chunk.length) {
      const length = Math.min(chunk.length, size - at);
      if (attempt(() => readSync(fd, chunk, 0, length, at)) !== length) return false;
      take(headsOf(length));
    }
    return true;
  } finally {
    closeSync(fd);
  }
}

function headsOf(length: number): Uint8Array {
  const blocks = Math.ceil(length / blockBytes);
  const out = heads.subarray(0, blocks * headBytes);
  // nobody looks for zeros, and disks under way are full of them
  if (chunk.compare(zeros, 0, length, 0, length) === 0) return out.fill(0);
  chunk.fill(0, length, blocks * blockBytes);
  for (let i = 0; i < blocks; i++)
    blockDigest(chunk.subarray(i * blockBytes, (i + 1) * blockBytes)).copy(out, i * headBytes, 0, headBytes);
  return out;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
