import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeIndex } from './decode-index.ts';
import { frameDigest } from './digests.ts';
import { encodeIndex } from './encode-index.ts';
import { limits } from './limits.ts';
import type { Manifest } from './manifest.ts';
import { parseManifest } from './open-manifest.ts';
import { TrimError } from './trim-error.ts';
import type { VersionIndex } from './version-index.ts';

const localMagic = 'TRIMLOC1';

/** What a client keeps beside a disk: its manifest, its index and the sha256 of every distinct block (32 bytes by ref). */
export type LocalIndex = {
  readonly manifest: Manifest;
  readonly index: VersionIndex;
  readonly digests: Uint8Array;
};

/** A local index without its block digests, and the byte of the file where these begin. */
export type LocalHead = Pick<LocalIndex, 'manifest' | 'index'> & { readonly digestsAt: number };

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

/**
 * Reads a local index but for its block digests, which are most of it: whoever needs some of them reads these, and holds them against
 * the frames' digests. `read` gives bytes of the file, and throws where it ends before; `size` is the file's.
 * Throws `trim.format`, `trim.limits`, `trim.format-version`.
 */
export async function readLocalHead(
  size: number,
  read: (at: number, length: number) => Promise<Uint8Array>,
): Promise<LocalHead> {
  let at = 0;
  const next = async (length: number) => {
    if (length > size - at) throw new TrimError('trim.format', 'the local index is cut off');
    at += length;
    return new ByteReader(await read(at - length, length), 'the local index');
  };
  const start = await next(localMagic.length + 4);
  start.magic(localMagic);
  const payload = start.u32();
  if (payload > limits.manifestFile)
    throw new TrimError('trim.limits', `the local index has a manifest of ${payload} bytes`);
  const manifest = parseManifest((await next(payload)).bytes);
  const raw = (await next(4)).u32();
  const index = decodeIndex((await next(raw)).bytes, manifest);
  if (size - at !== (index.frames.first[index.frames.count] as number) * 32)
    throw new TrimError('trim.format', 'the local index has other digests than blocks');
  return { manifest, index, digestsAt: at };
}
