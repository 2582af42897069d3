import { ByteReader } from './byte-reader.ts';
import { checkChains } from './chains.ts';
import { indexMagic, prefixFlag, runKind } from './encode-index.ts';
import { blockBytes, frameLengthLimit, limits } from './limits.ts';
import type { PackEntry } from './manifest.ts';
import { TrimError } from './trim-error.ts';
import { blockCount, type FrameTable, type VersionIndex } from './version-index.ts';

/** What a manifest says that its index must agree with. */
export type IndexFrame = { readonly size: number; readonly packs: readonly PackEntry[] };

/**
 * Reads a decompressed index. Nothing is allocated before it is clear that the bytes can fill it, and every number is held
 * against the manifest. Throws `trim.format`, `trim.limits`, `trim.format-version`.
 */
export function decodeIndex(bytes: Uint8Array, expected: IndexFrame): VersionIndex {
  const reader = new ByteReader(bytes, 'the index');
  reader.magic(indexMagic);
  const size = reader.u64();
  if (size !== expected.size) throw reader.wrong(`is of a disk of ${size} bytes, the manifest says ${expected.size}`);
  if (reader.u32() !== blockBytes) throw reader.wrong('has another block size');
  if (reader.u32() !== expected.packs.length) throw reader.wrong('does not count the packs of the manifest');
  const frameCount = reader.u32();
  const refCount = reader.u32();
  const runCount = reader.u32();
  const flags = reader.u32();
  if (flags > prefixFlag) throw new TrimError('trim.format-version', 'the index has flags that are not known');
  // 36 bytes is the least that a frame takes, one byte the least of a run
  if (frameCount > limits.frames || frameCount * 36 + runCount > reader.left)
    throw reader.wrong('counts more than it holds');
  const total = blockCount(size);
  if (runCount > total || refCount > frameCount * limits.frameBlocks)
    throw reader.wrong('counts more than it can hold');
  const frames = decodeFrames(reader, frameCount, refCount, expected.packs, flags === prefixFlag);
  const map = decodeRuns(reader, total, runCount, refCount);
  reader.end();
  return { kind: 'version-index', size, frames, map };
}

function decodeFrames(
  reader: ByteReader,
  count: number,
  refs: number,
  packs: readonly PackEntry[],
  chained: boolean,
): FrameTable {
  const pack = shared(Uint32Array, count);
  let at = 0;
  for (let p = 0; p < packs.length; p++) {
    const inPack = reader.varintWithin(0, Math.min(count - at, (packs[p] as PackEntry).frames), 'frames of a pack');
    pack.fill(p, at, at + inPack);
    at += inPack;
  }
  if (at !== count) throw reader.wrong('does not give every frame a pack');
  const head = (f: number) => f === 0 || pack[f] !== pack[f - 1];
  const offset = shared(Float64Array, count);
  for (let f = 0; f < count; f++) offset[f] = reader.varint();
  const length = shared(Uint32Array, count);
  for (let f = 0; f < count; f++) {
    length[f] = reader.varintWithin(1, frameLengthLimit(limits.frameBlocks), 'length of a frame');
    offset[f] = (offset[f] as number) + (head(f) ? 0 : (offset[f - 1] as number) + (length[f - 1] as number));
    if ((offset[f] as number) + (length[f] as number) > (packs[pack[f] as number] as PackEntry).hashesOffset)
      throw reader.wrong('has a frame outside of its pack');
  }
  const first = shared(Uint32Array, count + 1);
  for (let f = 0; f < count; f++) {
    const blocks = reader.varintWithin(1, limits.frameBlocks, 'blocks of a frame');
    if ((length[f] as number) > frameLengthLimit(blocks))
      throw reader.wrong('has a frame longer than its blocks allow');
    first[f + 1] = (first[f] as number) + blocks;
  }
  if (first[count] !== refs) throw reader.wrong('does not add up to its count of blocks');
  const hashAt = shared(Uint32Array, count);
  for (let f = 0; f < count; f++) {
    const before = head(f) ? 0 : (hashAt[f - 1] as number) + (first[f] as number) - (first[f - 1] as number);
    const place = before + reader.varint();
    if (place + (first[f + 1] as number) - (first[f] as number) > (packs[pack[f] as number] as PackEntry).blocks)
      throw reader.wrong('has hashes outside of their pack');
    hashAt[f] = place;
  }
  const prefix = shared(Uint32Array, count);
  if (chained) for (let f = 0; f < count; f++) prefix[f] = reader.varintWithin(0, limits.prefixBlocks, 'prefix');
  const digests = shared(Uint8Array, count * 32);
  digests.set(reader.take(count * 32));
  const frames = { count, packs: packs.length, pack, offset, length, first, hashAt, prefix, digests };
  checkChains(frames);
  return frames;
}

function decodeRuns(reader: ByteReader, total: number, runs: number, refs: number): Uint32Array {
  const map = shared(Uint32Array, total);
  let at = 0;
  let expected = 0;
  for (let r = 0; r < runs; r++) {
    const head = reader.varint();
    const kind = head % 4;
    const count = (head - kind) / 4;
    if (count < 1 || count > total - at) throw reader.wrong('has a run outside of the disk');
    if (kind !== runKind.zero) {
      const ref = expected + reader.signed();
      const last = kind === runKind.sequence ? ref + count - 1 : ref;
      if (kind > runKind.repeat || ref < 0 || last >= refs) throw reader.wrong('has a run outside of its blocks');
      if (kind === runKind.repeat) map.fill(ref + 1, at, at + count);
      else for (let i = 0; i < count; i++) map[at + i] = ref + 1 + i;
      expected = last + 1;
    }
    at += count;
  }
  if (at !== total) throw reader.wrong('does not cover the disk');
  return map;
}

/** An array on shared memory, so that worker threads see it without a copy. */
function shared<T>(
  type: { new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
  length: number,
): T {
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}
