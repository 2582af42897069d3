import { hash } from 'node:crypto';
import { blockBytes } from './limits.ts';

/** The sha256 of a block; the last block of an image is padded with zeros first. */
export function blockDigest(block: Uint8Array): Buffer {
  return hash('sha256', block, 'buffer');
}

/** The sha256 of bytes, in lower-case hex. */
export function digestHex(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** The sha256 of a block of zeros. */
export const zeroBlockDigest: Uint8Array = blockDigest(new Uint8Array(blockBytes));

const frameTag = Buffer.from('TRIMFRAM');
const nodeTag = Buffer.from('TRIMNODE');
const rootTag = Buffer.from('TRIMROOT');
const fan = 256;

/** The digest of a frame: sha256 over `TRIMFRAM` and its blocks' sha256 one after another (32 bytes each). */
export function frameDigest(blockDigests: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([frameTag, blockDigests]), 'buffer');
}

/**
 * The Merkle root over an image, in hex (README, "Digests"): leaves are the blocks' sha256; up to 256 neighbours make a
 * node, `sha256('TRIMNODE' level children)`; the root is `sha256('TRIMROOT' size blockSize top)`.
 * `map` and `digests` are an index's map and the 32-byte digests by ref.
 */
export function merkleRoot(size: number, map: Uint32Array, digests: Uint8Array): string {
  let level = firstLevel(map, digests);
  for (let height = 2; level.length > 32; height++) {
    const above = Buffer.alloc(Math.ceil(level.length / (fan * 32)) * 32);
    for (let at = 0, to = 0; at < level.length; at += fan * 32, to += 32)
      node(height, level.subarray(at, at + fan * 32)).copy(above, to);
    level = above;
  }
  const head = Buffer.alloc(20);
  rootTag.copy(head);
  head.writeBigUInt64LE(BigInt(size), 8);
  head.writeUInt32LE(blockBytes, 16);
  return hash('sha256', Buffer.concat([head, level]), 'hex');
}

function firstLevel(map: Uint32Array, digests: Uint8Array): Buffer {
  const leaves = Buffer.alloc(fan * 32);
  const zeros = Buffer.alloc(fan * 32);
  for (let i = 0; i < fan; i++) zeros.set(zeroBlockDigest, i * 32);
  const zeroNode = node(1, zeros);
  const above = Buffer.alloc(Math.ceil(map.length / fan) * 32);
  for (let first = 0, to = 0; first < map.length; first += fan, to += 32) {
    const count = Math.min(fan, map.length - first);
    const empty = copyLeaves(map, first, count, digests, leaves);
    (empty && count === fan ? zeroNode : node(1, leaves.subarray(0, count * 32))).copy(above, to);
  }
  return above;
}

/** Puts the leaves of `count` blocks into `leaves`; true when all are zero. Runs of refs are copied in one go. */
function copyLeaves(map: Uint32Array, first: number, count: number, digests: Uint8Array, leaves: Buffer): boolean {
  let empty = true;
  for (let i = 0; i < count; ) {
    const value = map[first + i] as number;
    let run = 1;
    if (value === 0) leaves.set(zeroBlockDigest, i * 32);
    else {
      empty = false;
      while (i + run < count && map[first + i + run] === value + run) run++;
      leaves.set(digests.subarray((value - 1) * 32, (value - 1 + run) * 32), i * 32);
    }
    i += run;
  }
  return empty;
}

function node(level: number, children: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nodeTag, Buffer.from([level]), children]), 'buffer');
}
