import { workerData } from 'node:worker_threads';
import { serveTasks } from '@atelier/adapters/thread-pool';
import { enterBackground } from './background-thread.ts';
import type { PreviousVersion } from './fetch-types.ts';
import { HeadFinder } from './head-finder.ts';
import { hashFile, hostFiles } from './host-files.ts';
import { headsOfDisk } from './kin-index.ts';
import { readLocalIndex } from './previous-versions.ts';
import { readHostIndex, refreshHostIndex } from './refresh-host-index.ts';

/** Looks for blocks in folders of the host and in other disks: `heads` are 8 bytes of each wanted block's sha256. */
export type HostTask = {
  readonly folders: readonly string[];
  readonly indexPath: string;
  readonly kin: readonly PreviousVersion[];
  readonly leftovers: readonly string[];
  readonly heads: Uint8Array;
};

/** How the index of the host's files was brought up to date: files in it, files that were read for it. */
export type HostIndexed = { readonly files: number; readonly read: number; readonly milliseconds: number };

if ((workerData as { readonly background?: boolean } | undefined)?.background) enterBackground();

serveTasks(async ({ folders, indexPath, kin, leftovers, heads }: HostTask) => {
  const began = performance.now();
  const finder = new HeadFinder(heads);
  const take = (some: Uint8Array) => finder.take(some);
  const refreshed = folders.length > 0 ? refreshHostIndex(indexPath, folders) : { files: 0, read: 0 };
  const indexed = { ...refreshed, milliseconds: Math.round(performance.now() - began) };
  if (folders.length > 0) readHostIndex(indexPath, (path) => finder.begin(path), take);
  for (const { diskPath, indexPath: beside } of kin) {
    const local = await readLocalIndex(beside).catch(() => undefined);
    if (!local) continue;
    finder.begin(diskPath);
    headsOfDisk(local, take);
  }
  for (const file of hostFiles(leftovers)) {
    finder.begin(file.path);
    hashFile(file, take);
  }
  const matches = finder.matches();
  return { value: { matches, indexed }, transfer: [matches.file.buffer, matches.block.buffer] as ArrayBuffer[] };
});
