import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { limits } from './limits.ts';
import { TrimError } from './trim-error.ts';

/**
 * `bytes` as one zstd frame that carries its content size. With `dictionary` (see `frameDictionary`) the window is made
 * wide enough to reach all of it.
 */
export function zstdCompress(bytes: Uint8Array, level: number, dictionary?: Uint8Array): Uint8Array {
  const params: Record<number, number> = { [constants.ZSTD_c_compressionLevel]: level };
  if (dictionary)
    params[constants.ZSTD_c_windowLog] = Math.min(
      limits.windowLog,
      Math.max(16, Math.ceil(Math.log2(dictionary.length + bytes.length + 1))),
    );
  const chunkSize = Math.max(64, bytes.length);
  return zstdCompressSync(bytes, { params, dictionary: dictionary as Buffer, pledgedSrcSize: bytes.length, chunkSize });
}

/**
 * The content of one zstd frame that must give exactly `length` bytes. The frame's own header is checked first, so that a
 * bomb is refused before anything is allocated; bytes behind the frame are refused too. Throws `trim.format`.
 */
export function zstdDecompress(bytes: Uint8Array, length: number, what: string, dictionary?: Uint8Array): Uint8Array {
  if (contentSize(bytes) !== length)
    throw new TrimError('trim.format', `${what} is not a zstd frame of ${length} bytes`);
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
  return Buffer.concat([Buffer.from('TRIMDICT'), ...blocks]);
}

/** Content size in the header of a zstd frame without dictionary id (RFC 8878 section 3.1.1.1); -1 when it has none. */
function contentSize(bytes: Uint8Array): number {
  if (bytes.length < 9) return bytes.length >= 6 && singleByteSize(bytes) ? (bytes[5] as number) : -1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== 0xfd2fb528) return -1;
  const descriptor = bytes[4] as number;
  if ((descriptor & 0x0b) !== 0) return -1;
  const single = (descriptor & 0x20) !== 0;
  const at = single ? 5 : 6;
  switch (descriptor >> 6) {
    case 0:
      return single ? (bytes[at] as number) : -1;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return bytes.length < at + 4 ? -1 : view.getUint32(at, true);
    default:
      return bytes.length < at + 8 ? -1 : Number(view.getBigUint64(at, true));
  }
}

function singleByteSize(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x28 &&
    bytes[1] === 0xb5 &&
    bytes[2] === 0x2f &&
    bytes[3] === 0xfd &&
    ((bytes[4] as number) & 0xeb) === 0x20
  );
}
