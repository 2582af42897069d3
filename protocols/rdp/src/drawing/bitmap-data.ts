import { ByteWriter } from '../byte-writer.ts';
import { packInterleaved } from './interleaved.ts';
import { packPlanar } from './planar.ts';
import type { Tile } from './tile.ts';

/** How a client takes bitmaps: parts of `ClientCapabilities`. */
export interface BitmapFormat {
  /** 15, 16, 24 or 32. */
  readonly colorDepth: number;
  readonly noBitmapHeader: boolean;
  readonly skipAlpha: boolean;
}

const compressed = 0x1;
const noHeader = 0x400;

/**
 * A tile as TS_BITMAP_DATA ([MS-RDPBCGR] 2.2.9.1.1.3.1.2.2), compressed where that makes it smaller. Rows travel bottom first and are padded
 * to four pixels. At most 64 by 64 pixels: about 16 KiB, which every client takes.
 */
export function writeBitmapData(tile: Tile, format: BitmapFormat): Buffer {
  const width = (tile.width + 3) & ~3;
  const pixels = bottomUp(tile, width, format.colorDepth);
  const packed =
    format.colorDepth === 32
      ? packPlanar(pixels, width, tile.height, !format.skipAlpha)
      : packInterleaved(pixels, width, format.colorDepth === 24 ? 3 : 2);
  const plain = pixels.length * bytesPerPixel(format.colorDepth);
  const small = packed.length < plain;
  const data = small ? withHeader(packed, width, plain, format) : plainBytes(pixels, format.colorDepth);
  return new ByteWriter()
    .u16(tile.x, tile.y, tile.x + tile.width - 1, tile.y + tile.height - 1, width, tile.height, format.colorDepth)
    .u16(small ? compressed | (format.noBitmapHeader ? noHeader : 0) : 0, data.length)
    .bytes(data)
    .done();
}

const bytesPerPixel = (depth: number): number => (depth === 32 ? 4 : depth === 24 ? 3 : 2);

function bottomUp(tile: Tile, width: number, depth: number): Uint32Array {
  const pixels = new Uint32Array(width * tile.height);
  for (let y = 0; y < tile.height; y++) {
    const from = y * tile.width;
    const to = (tile.height - 1 - y) * width;
    // The padding repeats the last pixel: it packs best.
    for (let x = 0; x < width; x++)
      pixels[to + x] = colorOf(tile.pixels[from + Math.min(x, tile.width - 1)]! & 0xffffff, depth);
  }
  return pixels;
}

/** 0xRRGGBB in the wire's depth. */
function colorOf(rgb: number, depth: number): number {
  if (depth >= 24) return rgb;
  const [red, green, blue] = [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff];
  if (depth === 15) return ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
  return ((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3);
}

/** TS_CD_HEADER, for clients that want it. */
function withHeader(packed: Buffer, width: number, plain: number, format: BitmapFormat): Buffer {
  if (format.noBitmapHeader) return packed;
  return new ByteWriter()
    .u16(0, packed.length, width * bytesPerPixel(format.colorDepth), plain)
    .bytes(packed)
    .done();
}

function plainBytes(pixels: Uint32Array, depth: number): Buffer {
  const writer = new ByteWriter();
  for (const pixel of pixels) {
    if (depth === 32) writer.u32(pixel | 0xff000000);
    else if (depth === 24) writer.u16(pixel).u8(pixel >> 16);
    else writer.u16(pixel);
  }
  return writer.done();
}
