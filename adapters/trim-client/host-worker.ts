import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { serveTasks } from '@atelier/adapters/thread-pool';
import { blockBytes, blockDigest, type LocalIndex } from '@atelier/trim';
import { enterBackground } from './background-thread.ts';
import type { PreviousVersion } from './fetch-types.ts';
import { findHeads } from './find-heads.ts';
import { type HostFile, type HostIndex, readHostIndex, writeHostIndex } from './host-index.ts';
import { withDisks } from './kin-index.ts';
import { readLocalIndex } from './previous-versions.ts';

/** Looks for blocks in folders of the host and in other disks: `heads` are 8 bytes of each wanted block's sha256. */
export type HostTask = {
  readonly folders: readonly string[];
  readonly indexPath: string;
  readonly kin: readonly PreviousVersion[];
  readonly leftovers: readonly string[];
  readonly heads: Uint8Array;
};

/** By wanted block: place in `files` or -1, and which block of that file. */
export type HostMatches = { readonly files: readonly string[]; readonly file: Int32Array; readonly block: Uint32Array };

/** How the index of the host's files was brought up to date: files in it, files that were read for it. */
export type HostIndexed = { readonly files: number; readonly read: number; readonly milliseconds: number };

const chunk = Buffer.alloc(256 * blockBytes);
const zeros = Buffer.alloc(256 * blockBytes);
let room = Buffer.alloc(2 ** 20);

if ((workerData as { readonly background?: boolean } | undefined)?.background) enterBackground();

serveTasks(async ({ folders, indexPath, kin, leftovers, heads }: HostTask) => {
  const began = performance.now();
  let index: HostIndex = { files: [], heads: new Uint8Array() };
  let read = 0;
  if (folders.length > 0) {
    const fresh = refresh(await readHostIndex(indexPath), folders);
    if (fresh.changed) await writeHostIndex(indexPath, fresh.index);
    index = fresh.index;
    read = fresh.read;
  }
  const indexed = { files: index.files.length, read, milliseconds: Math.round(performance.now() - began) };
  const disks: { readonly path: string; readonly local: LocalIndex }[] = [];
  for (const { diskPath, indexPath: beside } of kin) {
    const local = await readLocalIndex(beside).catch(() => undefined);
    if (local) disks.push({ path: diskPath, local });
  }
  // Each step makes all of the index anew: only where there is something to put in.
  if (disks.length > 0) index = withDisks(index, disks);
  if (leftovers.length > 0) index = refresh(index, leftovers, true).index;
  return { value: { matches: findHeads(index, heads), indexed } };
});

/** The index as it is now: files that did not change keep their hashes, others are read. `keep` leaves all that is in it. */
function refresh(old: HostIndex, folders: readonly string[], keep = false) {
  const known = new Map(old.files.map((file) => [file.path, file]));
  const files: HostIndex['files'][number][] = keep ? [...old.files] : [];
  let all = Buffer.allocUnsafe(old.heads.length + 2 ** 20);
  all.set(keep ? old.heads : new Uint8Array());
  let first = keep ? old.heads.length / 8 : 0;
  let read = 0;
  for (const file of walk(folders)) {
    const before = known.get(file.path);
    const same = before && before.size === file.size && before.mtimeMs === file.mtimeMs && before.inode === file.inode;
    const blocks = Math.ceil(file.size / blockBytes);
    const heads = same ? old.heads.subarray(before.first * 8, (before.first + blocks) * 8) : hashFile(file);
    if (!heads) continue;
    if (!same) read++;
    // An index of many files is mostly these: what did not change stays the same object.
    files.push(same && before.first === first ? before : { ...file, first });
    const end = (first + blocks) * 8;
    if (end > all.length) all = Buffer.concat([all.subarray(0, first * 8)], Math.max(end, Math.ceil(all.length * 1.5)));
    all.set(heads, first * 8);
    first += blocks;
  }
  const index: HostIndex = { files, heads: all.subarray(0, first * 8) };
  return { index, read, changed: read > 0 || files.length !== old.files.length };
}

/** Regular files of the folders, on the folders' own file systems; what cannot be read is passed over. */
function* walk(folders: readonly string[]): Generator<HostFile> {
  const seen = new Set<string>();
  const stack = folders.map((path) => ({ path, device: -1 }));
  for (let at = stack.pop(); at; at = stack.pop()) {
    const stat = attempt(() => lstatSync(at.path));
    if (!stat) continue;
    if (stat.isDirectory()) {
      if (at.device !== -1 && stat.dev !== at.device) continue;
      for (const name of attempt(() => readdirSync(at.path)) ?? [])
        stack.push({ path: join(at.path, name), device: stat.dev });
    } else if (stat.isFile() && stat.size > 0) {
      const identity = `${stat.dev}:${stat.ino}`;
      if (stat.nlink > 1 && seen.has(identity)) continue;
      if (stat.nlink > 1) seen.add(identity);
      yield { path: at.path, size: stat.size, mtimeMs: stat.mtimeMs, inode: stat.ino };
    }
  }
}

/** The heads of a file's blocks, in a room that the next call uses again. */
function hashFile({ path, size }: HostFile): Uint8Array | undefined {
  const length = Math.ceil(size / blockBytes) * 8;
  if (room.length < length) room = Buffer.alloc(length);
  const heads = room.subarray(0, length).fill(0);
  const fd = attempt(() => openSync(path, 'r'));
  if (fd === undefined) return undefined;
  try {
    for (let at = 0; at < size; at += chunk.length) {
      const length = Math.min(chunk.length, size - at);
      if (readSync(fd, chunk, 0, length, at) !== length) return undefined;
      // nobody looks for zeros, and disks under way are full of them
      if (chunk.compare(zeros, 0, length, 0, length) === 0) continue;
      const blocks = Math.ceil(length / blockBytes);
      chunk.fill(0, length, blocks * blockBytes);
      for (let i = 0; i < blocks; i++)
        blockDigest(chunk.subarray(i * blockBytes, (i + 1) * blockBytes)).copy(heads, (at / blockBytes + i) * 8, 0, 8);
    }
    return heads;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
