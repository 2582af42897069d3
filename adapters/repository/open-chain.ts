import { blockBytes, frameDictionary, openFrame, zstdDecompress } from '@atelier/trim';
import type { StoredFrame } from './pack-tasks.ts';

/**
 * The content of a chain's frames, one after another, from its first on. Nothing is verified but the form. Throws
 * `trim.format`, and what `openFrame` throws.
 */
export function* openChain(chain: readonly StoredFrame[], key?: Uint8Array): Generator<Uint8Array> {
  const content = Buffer.allocUnsafe(chain.reduce((sum, { blocks }) => sum + blocks, 0) * blockBytes);
  let end = 0;
  for (const { stored, blocks, prefix, digest } of chain) {
    const packed = key ? openFrame(stored, key, digest) : stored;
    const dictionary = prefix > 0 ? frameDictionary([content.subarray(end - prefix * blockBytes, end)]) : undefined;
    const bytes = zstdDecompress(packed, blocks * blockBytes, 'the frame', dictionary);
    content.set(bytes, end);
    end += bytes.length;
    yield bytes;
  }
}
