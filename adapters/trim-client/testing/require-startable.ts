import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readLocalIndex } from '../previous-versions.ts';

const block = 4096;
const sha256 = (...parts: readonly (string | Uint8Array)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/**
 * Throws unless the disk at `diskPath` has the Merkle root `root` (hex) and the index beside it says the same: then a client
 * lists and starts it. Reads the format's text anew (README, "Digests") instead of asking the code that is tested.
 */
export async function requireStartable(diskPath: string, root: string): Promise<void> {
  const found = merkleRootOf(await readFile(diskPath));
  if (found !== root) throw new Error(`${diskPath} has root ${found}, not ${root}`);
  const { manifest } = await readLocalIndex(`${diskPath}.index`);
  if (manifest.root !== root) throw new Error(`the index of ${diskPath} is of root ${manifest.root}, not ${root}`);
}

/** The Merkle root of a disk, hex. */
export function merkleRootOf(disk: Uint8Array): string {
  let level: Uint8Array[] = [];
  for (let at = 0; at < disk.length; at += block) {
    const whole = new Uint8Array(block);
    whole.set(disk.subarray(at, at + block));
    level.push(sha256(whole));
  }
  let height = 0;
  do {
    height++;
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 256)
      above.push(sha256('TRIMNODE', Uint8Array.of(height), ...level.slice(at, at + 256)));
    level = above;
  } while (level.length > 1);
  const size = Buffer.alloc(12);
  size.writeBigUInt64LE(BigInt(disk.length));
  size.writeUInt32LE(block, 8);
  return sha256('TRIMROOT', size, level[0] as Uint8Array).toString('hex');
}
