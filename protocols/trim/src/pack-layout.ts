import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { frameLengthLimit, limits } from './limits.ts';
import { maskHashes } from './mask-hashes.ts';
import { openBytes, sealBytes, sealBytesAdded } from './sealed-bytes.ts';
import { TrimError } from './trim-error.ts';

/** First and last bytes of a pack (README, "Packs"). */
export const packMagic = 'TRIMPCK1';
const packEnd = 'TRIMEND1';

/** Bytes of the footer at the end of a pack. */
export const packFooterBytes = 40;
/** Bytes of one row of a pack's own directory. */
export const packRowBytes = 40;

/** What a pack says about itself at its end. Offsets in bytes. */
export type PackFooter = {
  readonly hashesOffset: number;
  readonly directoryOffset: number;
  /** bytes of the directory as it is stored */
  readonly directoryLength: number;
  readonly frames: number;
  readonly blocks: number;
  /** whether hashes and directory are encrypted, as the frames are */
  readonly sealed: boolean;
};

/** One frame in a pack's directory. */
export type PackRow = {
  readonly length: number;
  readonly blocks: number;
  /** blocks before it that are its dictionary; none when absent */
  readonly prefix?: number;
  readonly digest: Uint8Array;
};

/** Flag in the footer of a pack whose hashes and directory are encrypted, as its frames are. */
const sealedFlag = 1;

/**
 * Everything of a pack behind its frames: block hashes (8 leading bytes of each, then 24 of each), directory, footer.
 * `framesEnd` is where the frames end; `digests` are 32 bytes per block in order. Encrypted when a key is given.
 */
export function encodePackTail(
  framesEnd: number,
  rows: readonly PackRow[],
  digests: Uint8Array,
  key?: Uint8Array,
): Uint8Array {
  const blocks = digests.length / 32;
  const out = new ByteWriter();
  const heads = Buffer.alloc(blocks * 8);
  const rests = Buffer.alloc(blocks * 24);
  const stored = key ? maskPackHashes(digests, rows, key) : digests;
  const source = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  for (let i = 0; i < blocks; i++) {
    source.copy(heads, i * 8, i * 32, i * 32 + 8);
    source.copy(rests, i * 24, i * 32 + 8, i * 32 + 32);
  }
  out.bytes(heads);
  out.bytes(rests);
  const directory = new ByteWriter();
  for (const row of rows) {
    directory.u32(row.length);
    directory.u32(row.blocks + (row.prefix ?? 0) * 2 ** 16);
    directory.bytes(row.digest);
  }
  const plain = directory.finish();
  out.bytes(key ? sealBytes(plain, key, 'TRIMDIRS') : plain);
  out.u64(framesEnd);
  out.u64(framesEnd + blocks * 32);
  out.u32(rows.length);
  out.u32(blocks);
  out.u64(key ? sealedFlag : 0);
  out.text(packEnd);
  return out.finish();
}

/** Reads the last 40 bytes of a pack of `length` bytes and holds them against that length. */
export function decodePackFooter(bytes: Uint8Array, length: number): PackFooter {
  const reader = new ByteReader(bytes, 'the pack');
  const hashesOffset = reader.u64();
  const directoryOffset = reader.u64();
  const frames = reader.u32();
  const blocks = reader.u32();
  const flags = reader.u64();
  if (flags > sealedFlag) throw new TrimError('trim.format-version', 'the pack has flags that are not known');
  reader.magic(packEnd);
  reader.end();
  const sealed = flags === sealedFlag;
  const directoryLength = frames * packRowBytes + (sealed ? sealBytesAdded : 0);
  if (
    hashesOffset < packMagic.length ||
    frames > limits.frames ||
    directoryOffset !== hashesOffset + blocks * 32 ||
    length !== directoryOffset + directoryLength + packFooterBytes
  )
    throw reader.wrong('does not add up');
  return { hashesOffset, directoryOffset, directoryLength, frames, blocks, sealed };
}

/**
 * Reads a pack's directory, `footer.frames` rows, and checks that it adds up. Throws `trim.key-missing` when it is encrypted
 * and no key is given, `trim.format`, `trim.limits`.
 */
export function decodePackDirectory(stored: Uint8Array, footer: PackFooter, key?: Uint8Array): readonly PackRow[] {
  if (footer.sealed && !key) throw new TrimError('trim.key-missing', 'the pack directory is encrypted');
  const bytes = footer.sealed && key ? openBytes(stored, key, 'TRIMDIRS', 'the pack directory') : stored;
  const reader = new ByteReader(bytes, 'the pack directory');
  if (bytes.length !== footer.frames * packRowBytes) throw reader.wrong('has another length than the footer says');
  const rows: PackRow[] = [];
  let offset = packMagic.length;
  let blocks = 0;
  let chain = 0;
  for (let f = 0; f < footer.frames; f++) {
    const length = reader.u32();
    const counts = reader.u32();
    const row = { length, blocks: counts % 2 ** 16, prefix: counts >>> 16, digest: reader.take(32) };
    if (row.prefix === 0) chain = 0;
    if (row.prefix > chain || row.prefix > limits.prefixBlocks || chain + row.blocks > limits.chainBlocks)
      throw new TrimError('trim.limits', `the pack has a frame with a prefix of ${row.prefix} blocks in its chain`);
    chain += row.blocks;
    if (
      row.blocks < 1 ||
      row.blocks > limits.frameBlocks ||
      row.length < 1 ||
      row.length > frameLengthLimit(row.blocks)
    )
      throw new TrimError('trim.limits', `the pack has a frame of ${row.length} bytes and ${row.blocks} blocks`);
    offset += row.length;
    blocks += row.blocks;
    rows.push(row);
  }
  if (offset !== footer.hashesOffset || blocks !== footer.blocks) throw reader.wrong('does not add up');
  return rows;
}

/** Block digests (32 bytes each) from the two columns in which a pack keeps them. */
export function joinDigests(heads: Uint8Array, rests: Uint8Array): Uint8Array {
  const blocks = heads.length / 8;
  const digests = new Uint8Array(blocks * 32);
  for (let i = 0; i < blocks; i++) {
    digests.set(heads.subarray(i * 8, i * 8 + 8), i * 32);
    digests.set(rests.subarray(i * 24, i * 24 + 24), i * 32 + 8);
  }
  return digests;
}

/** The block hashes of a whole pack (32 bytes each), hidden or shown again: the same call does both. */
export function maskPackHashes(digests: Uint8Array, rows: readonly PackRow[], key: Uint8Array): Uint8Array {
  const out = new Uint8Array(digests.length);
  let at = 0;
  for (const { blocks, digest } of rows) {
    out.set(maskHashes(digests.subarray(at, at + blocks * 32), key, digest), at);
    at += blocks * 32;
  }
  return out;
}
