import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeIndex } from './decode-index.ts';
import { frameDigest } from './digests.ts';
import { encodeIndex } from './encode-index.ts';
import type { Manifest } from './manifest.ts';
import { parseManifest } from './open-manifest.ts';
import type { VersionIndex } from './version-index.ts';

const localMagic = 'TRIMLOC1';

/** What a client keeps beside a disk: its manifest, its index and the sha256 of every distinct block (32 bytes by ref). */
export type LocalIndex = {
  readonly manifest: Manifest;
  readonly index: VersionIndex;
  readonly digests: Uint8Array;
};

/** A local index as bytes (README, "Local index"), in two parts that follow each other: the second are the digests as given. */
export function encodeLocalIndex({ manifest, index, digests }: LocalIndex): readonly [Uint8Array, Uint8Array] {
  const { kind: _, ...body } = manifest;
  const payload = Buffer.from(JSON.stringify({ format: 1, ...body }));
  const raw = encodeIndex(index);
  const out = new ByteWriter();
  out.text(localMagic);
  out.u32(payload.length);
  out.bytes(payload);
  out.u32(raw.length);
  out.bytes(raw);
  return [out.finish(), digests];
}

/**
 * Reads a local index and holds its block digests against the frames' digests. The disk itself is not read: blocks are
 * verified when they are used. Throws `trim.format`, `trim.limits`, `trim.format-version`.
 */
export function decodeLocalIndex(bytes: Uint8Array): LocalIndex {
  const reader = new ByteReader(bytes, 'the local index');
  reader.magic(localMagic);
  const manifest = parseManifest(reader.take(reader.u32()));
  const index = decodeIndex(reader.take(reader.u32()), manifest);
  const { frames } = index;
  const stored = reader.take((frames.first[frames.count] as number) * 32);
  reader.end();
  const digests = new Uint8Array(new SharedArrayBuffer(stored.length));
  digests.set(stored);
  for (let f = 0; f < frames.count; f++) {
    const list = digests.subarray((frames.first[f] as number) * 32, (frames.first[f + 1] as number) * 32);
    if (!frameDigest(list).equals(frames.digests.subarray(f * 32, f * 32 + 32)))
      throw reader.wrong(`has wrong block digests in frame ${f}`);
  }
  return { manifest, index, digests };
}
