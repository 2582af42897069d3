import { blockBytes } from '@atelier/trim';
import { readBlocks, writeBlocks } from './disk-blocks.ts';
import type { TransferShared } from './transfer-tasks.ts';

type Placed = Pick<TransferShared, 'frames' | 'uses' | 'done' | 'spilled'>;

/** Where a ref lies on the disk, or -1 when it is in the spill file, or undefined while it is in neither. */
function placeOf({ uses, done, spilled }: Placed, ref: number): number | undefined {
  for (let u = uses.first[ref] as number; u < (uses.first[ref + 1] as number); u++) {
    const block = uses.blocks[u] as number;
    if (done[block] === 1) return block;
  }
  return spilled[ref] === 1 ? -1 : undefined;
}

/** Whether the prefix of a frame is all there. */
export function isPrefixThere(placed: Placed, frame: number): boolean {
  const end = placed.frames.first[frame] as number;
  for (let ref = end - (placed.frames.prefix[frame] as number); ref < end; ref++)
    if (placeOf(placed, ref) === undefined) return false;
  return true;
}

/** Reads a frame's prefix from the disk that is being made and the spill file into `content`; false when it is not all there. */
export function readPrefix(shared: TransferShared, frame: number, content: Buffer): boolean {
  const end = shared.frames.first[frame] as number;
  const from = end - (shared.frames.prefix[frame] as number);
  for (let ref = from; ref < end; ) {
    const place = placeOf(shared, ref);
    if (place === undefined) return false;
    let count = 1;
    if (place >= 0) while (ref + count < end && placeOf(shared, ref + count) === place + count) count++;
    const into = content.subarray((ref - from) * blockBytes);
    if (place >= 0) readBlocks(shared.diskFd, place, count, into);
    else readBlocks(shared.spillFd, ref, 1, into);
    ref += count;
  }
  return true;
}

/** Keeps blocks of a frame that have no place in the image, for frames that come behind it in its chain. */
export function spillBlocks(shared: TransferShared, frame: number, content: Uint8Array): void {
  const { frames, uses, spilled, spillFd } = shared;
  if (frame + 1 === frames.count || frames.prefix[frame + 1] === 0) return;
  const first = frames.first[frame] as number;
  for (let ref = first; ref < (frames.first[frame + 1] as number); ref++) {
    if (uses.first[ref] !== uses.first[ref + 1]) continue;
    const at = (ref - first) * blockBytes;
    writeBlocks(spillFd, ref, content.subarray(at, at + blockBytes), Number.MAX_SAFE_INTEGER);
    spilled[ref] = 1;
  }
}
