import { rm } from 'node:fs/promises';
import { layerBases } from '@atelier/adapters/broker-machines';
import type { ImageShelf, ShelvedDisk } from './image-shelf.ts';

export interface Sweep {
  readonly shelf: ImageShelf;
  /** Folder of the machines whose layers lie over the disks. */
  readonly machines: string;
  /** Versions that pools are at: their next machines will want them. */
  readonly wanted: () => Promise<readonly ShelvedDisk[]>;
  /** Disks that nobody took for so long are thrown away. */
  readonly keepMs: number;
  /** Runs work on a disk while nobody makes it. */
  readonly alone: (name: string, work: () => Promise<void>) => Promise<void>;
  readonly now?: () => number;
}

const same = (a: ShelvedDisk) => (b: ShelvedDisk) => a.image === b.image && a.version === b.version;

/**
 * Throws away disks of versions that no layer lies over, no pool wants and nobody took for a while, and what transfers left that nobody goes on with. Gives
 * those that are gone. May be ended at any point. Throws, having done nothing to the disk in question, when it cannot be told what a layer lies over.
 */
export async function sweepDisks(sweep: Sweep): Promise<readonly ShelvedDisk[]> {
  const { shelf, machines, wanted, keepMs, alone, now = Date.now } = sweep;
  const pools = await wanted();
  const gone: ShelvedDisk[] = [];
  for (const disk of await shelf.all()) {
    if (pools.some(same(disk)) || (await shelf.unusedFor(disk, now())) < keepMs) continue;
    const isNeeded = async (): Promise<boolean> => (await layerBases(machines)).some(same(disk));
    // Most are: they are not even set aside.
    if (await isNeeded()) {
      await shelf.take(disk);
      continue;
    }
    if (await shelf.discard(disk, isNeeded)) gone.push(disk);
  }
  for (const { disk, folder, idleMs } of await shelf.transfers(now()))
    if (idleMs >= keepMs)
      await alone(`${disk.image}-${disk.version}`, () => rm(folder, { recursive: true, force: true }));
  return gone;
}
