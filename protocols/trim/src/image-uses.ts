import type { VersionIndex } from './version-index.ts';

/**
 * Where each ref lies in the image: the blocks of ref `r` are `blocks[first[r]]` up to before `blocks[first[r + 1]]`,
 * ascending. On shared memory, for worker threads.
 */
export type ImageUses = { readonly first: Uint32Array; readonly blocks: Uint32Array };

/** The inverse of an index's map. */
export function imageUses(index: VersionIndex): ImageUses {
  const refs = index.frames.first[index.frames.count] as number;
  const first = new Uint32Array(new SharedArrayBuffer((refs + 1) * 4));
  for (const value of index.map) if (value !== 0) (first[value] as number)++;
  for (let r = 0; r < refs; r++) first[r + 1] = (first[r + 1] as number) + (first[r] as number);
  const blocks = new Uint32Array(new SharedArrayBuffer((first[refs] as number) * 4));
  const next = first.slice();
  for (let b = 0; b < index.map.length; b++) {
    const value = index.map[b] as number;
    if (value !== 0) {
      const at = next[value - 1] as number;
      blocks[at] = b;
      next[value - 1] = at + 1;
    }
  }
  return { first, blocks };
}
