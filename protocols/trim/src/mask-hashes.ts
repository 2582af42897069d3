import { createCipheriv, hash } from 'node:crypto';

/**
 * The block hashes of one frame of an encrypted pack, hidden or shown again: the same call does both (README, "Encryption").
 * `hashes` are those of all blocks of the frame, or of each the `bytes` from byte `at` on, as in one of a pack's columns.
 * The key stream begins with the frame's digest, which is known to those who can open the index, and which is another for
 * every other list of hashes: so no two lists share a stream.
 */
export function maskHashes(
  hashes: Uint8Array,
  key: Uint8Array,
  frameDigest: Uint8Array,
  { at, bytes }: { readonly at: number; readonly bytes: number } = { at: 0, bytes: 32 },
): Uint8Array {
  const blocks = hashes.length / bytes;
  const maskKey = hash('sha256', Buffer.concat([Buffer.from('TRIMMASK'), key]), 'buffer');
  const stream = createCipheriv('aes-256-ctr', maskKey, frameDigest.subarray(0, 16)).update(Buffer.alloc(blocks * 32));
  const out = new Uint8Array(hashes.length);
  for (let i = 0; i < blocks; i++)
    for (let b = 0; b < bytes; b++)
      out[i * bytes + b] = (hashes[i * bytes + b] as number) ^ (stream[i * 32 + at + b] as number);
  return out;
}
