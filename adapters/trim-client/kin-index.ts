import type { LocalIndex } from '@atelier/trim';
import type { HostIndex } from './host-index.ts';

/**
 * Disks of other images as files of a host index, without reading them: their local indexes know the sha256 of every block.
 * Blocks of zeros get no hash, for nobody looks for them.
 */
export function withDisks(
  index: HostIndex,
  disks: readonly { readonly path: string; readonly local: Pick<LocalIndex, 'index' | 'digests'> }[],
): HostIndex {
  const files = [...index.files];
  const parts = [index.heads];
  let first = index.heads.length / 8;
  for (const { path, local } of disks) {
    const { map, size } = local.index;
    const heads = new Uint8Array(map.length * 8);
    for (let block = 0; block < map.length; block++) {
      const value = map[block] as number;
      if (value > 0) heads.set(local.digests.subarray((value - 1) * 32, (value - 1) * 32 + 8), block * 8);
    }
    files.push({ path, size, mtimeMs: 0, inode: 0, first });
    parts.push(heads);
    first += map.length;
  }
  return { files, heads: Buffer.concat(parts) };
}
