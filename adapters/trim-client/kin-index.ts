import type { LocalIndex } from '@atelier/trim';
import { headBytes } from './host-index.ts';

const blocksAtOnce = 4096;

/**
 * Gives the heads of a disk's blocks to `take`, some at a time, without reading the disk: its local index knows the sha256 of every
 * block. Blocks of zeros get none, for nobody looks for them.
 */
export function headsOfDisk(
  { index: { map }, digests }: { readonly index: Pick<LocalIndex['index'], 'map'>; readonly digests: Uint8Array },
  take: (heads: Uint8Array) => void,
): void {
  const heads = new Uint8Array(blocksAtOnce * headBytes);
  for (let first = 0; first < map.length; first += blocksAtOnce) {
    const count = Math.min(blocksAtOnce, map.length - first);
    heads.fill(0);
    for (let i = 0; i < count; i++) {
      const ref = (map[first + i] as number) - 1;
      if (ref >= 0) heads.set(digests.subarray(ref * 32, ref * 32 + headBytes), i * headBytes);
    }
    take(heads.subarray(0, count * headBytes));
  }
}
