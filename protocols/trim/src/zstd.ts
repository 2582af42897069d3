import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { limits } from './limits.ts';
import { TrimError } from './trim-error.ts';

/**
 * `bytes` as one zstd frame that carries its content size. With `dictionary` (see `frameDictionary`) the window is made
 * wide enough to reach all of it.
 */
export function zstdCompress(bytes: Uint8Array, level: number, dictionary?: Uint8Array): Uint8Array {
  const params: Record<number, number> = { [constants.ZSTD_c_compressionLevel]: level };
  // short matches pay on the programs and texts of disks; below these levels zstd cannot use them, above it does by itself
  if (level >= 5 && level <= 15) params[constants.ZSTD_c_minMatch] = 4;
  if (dictionary)
    params[constants.ZSTD_c_windowLog] = Math.min(
      limits.windowLog,
      Math.max(16, Math.ceil(Math.log2(dictionary.length + bytes.length + 1))),
    );
  // room for the worst case: where the output fills a piece exactly, node appends an empty frame
  const chunkSize = bytes.length + (bytes.length >> 7) + 1024;
  return zstdCompressSync(bytes, { params, dictionary: dictionary as Buffer, pledgedSrcSize: bytes.length, chunkSize });
}

/**
 * The content of one zstd frame that must give exactly `length` bytes. The frame's own header is checked first, so that a
 * bomb is refused before anything is allocated; bytes behind the frame are refused too, be they another frame, for the
 * library would decompress or skip that without a word. Throws `trim.format`.
 */
export function zstdDecompress(bytes: Uint8Array, length: number, what: string, dictionary?: Uint8Array): Uint8Array {
  const header = frameHeader(bytes);
  if (header?.contentSize !== length || header.window > 2 ** limits.windowLog)
    throw new TrimError('trim.format', `${what} is not a zstd frame of ${length} bytes`);
  if (frameEnd(bytes, header) !== bytes.length)
    throw new TrimError('trim.format', `${what} does not end where its zstd frame ends`);
  let done: { buffer: Uint8Array; engine: { bytesWritten: number } };
  try {
    done = zstdDecompressSync(bytes, {
      dictionary: dictionary as Buffer,
      maxOutputLength: Math.max(length, 1),
      // all in one piece: node would otherwise collect pieces of 16 KiB and join them
      chunkSize: Math.max(64, length),
      params: { [constants.ZSTD_d_windowLogMax]: limits.windowLog },
      info: true,
    }) as never;
  } catch (cause) {
    throw new TrimError('trim.format', `${what} cannot be decompressed`, { cause });
  }
  if (done.engine.bytesWritten !== bytes.length)
    throw new TrimError('trim.format', `${what} has bytes behind its zstd frame`);
  if (done.buffer.length !== length) throw new TrimError('trim.format', `${what} does not give ${length} bytes`);
  return done.buffer;
}

/**
 * The dictionary of a delta frame: 8 letters and the reference blocks. The letters keep a block that happens to begin with
 * zstd's own dictionary magic from being taken for a trained dictionary.
 */
export function frameDictionary(blocks: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([dictionaryHead, ...blocks]);
}

/** The letters that every dictionary begins with, for those who put its blocks behind them themselves. */
export const dictionaryHead: Uint8Array = Buffer.from('TRIMDICT');

/** What the header of a zstd frame says (RFC 8878 section 3.1.1.1). Sizes in bytes. */
type FrameHeader = {
  readonly length: number;
  readonly contentSize: number;
  readonly window: number;
  readonly checksum: boolean;
};

/** The header of a zstd frame; undefined when it names a dictionary or no content size, or when this is none. */
function frameHeader(bytes: Uint8Array): FrameHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6 || view.getUint32(0, true) !== 0xfd2fb528) return undefined;
  const descriptor = bytes[4] as number;
  if ((descriptor & 0x0b) !== 0) return undefined;
  const single = (descriptor & 0x20) !== 0;
  const at = single ? 5 : 6;
  const width = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  if (width === 0 || bytes.length < at + width) return undefined;
  const contentSize = [
    () => bytes[at] as number,
    () => view.getUint16(at, true) + 256,
    () => view.getUint32(at, true),
    () => Number(view.getBigUint64(at, true)),
  ][descriptor >> 6]?.() as number;
  const exponent = (bytes[5] as number) >> 3;
  const window = single ? contentSize : 2 ** (10 + exponent) * (1 + ((bytes[5] as number) & 7) / 8);
  return { length: at + width, contentSize, window, checksum: (descriptor & 4) !== 0 };
}

/** Where a frame ends by its blocks' headers (RFC 8878 section 3.1.1.2); -1 when it runs over the end. */
function frameEnd(bytes: Uint8Array, { length, checksum }: FrameHeader): number {
  for (let at = length; at + 3 <= bytes.length; ) {
    const block = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
    const runLength = ((block >> 1) & 3) === 1;
    at += 3 + (runLength ? 1 : block >> 3);
    if ((block & 1) === 1) return at + (checksum ? 4 : 0);
  }
  return -1;
}
