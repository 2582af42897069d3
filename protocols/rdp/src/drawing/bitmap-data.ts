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

/** A tile's pixels as they travel. */
interface PackedPixels {
  readonly flags: number;
  readonly data: Uint8Array;
}

/** Packed forms of tiles, by format and width; a picture's empty tiles share one array of pixels and are packed once. */
const packed = new WeakMap<Uint32Array, Map<string, PackedPixels>>();

/**
 * A tile as TS_BITMAP_DATA ([MS-RDPBCGR] 2.2.9.1.1.3.1.2.2), compressed where that makes it smaller. Rows travel bottom first and are padded
 * to four pixels. At most 64 by 32 pixels: about 8 KiB uncompressed. Invariant: a tile's pixels do not change once it is written.
 */
export function writeBitmapData(tile: Tile, format: BitmapFormat): Buffer {
  const forms = packed.get(tile.pixels) ?? new Map<string, PackedPixels>();
  packed.set(tile.pixels, forms);
  const key = `${tile.width} ${format.colorDepth} ${format.noBitmapHeader} ${format.skipAlpha}`;
  const { flags, data } = forms.get(key) ?? packPixels(tile, format);
  forms.set(key, { flags, data });
  const width = paddedWidth(tile);
  return new ByteWriter()
    .u16(tile.x, tile.y, tile.x + tile.width - 1, tile.y + tile.height - 1, width, tile.height, format.colorDepth)
    .u16(flags, data.length)
    .bytes(data)
    .done();
}

const paddedWidth = (tile: Tile): number => (tile.width + 3) & ~3;

function packPixels(tile: Tile, format: BitmapFormat): PackedPixels {
  const width = paddedWidth(tile);
  const pixels = bottomUp(tile, width, format.colorDepth);
  const small =
    format.colorDepth === 32
      ? packPlanar(pixels, width, tile.height, !format.skipAlpha)
      : packInterleaved(pixels, width, format.colorDepth === 24 ? 3 : 2);
  const plain = pixels.length * bytesPerPixel(format.colorDepth);
  if (small.length >= plain) return { flags: 0, data: plainBytes(pixels, format.colorDepth) };
  const flags = compressed | (format.noBitmapHeader ? noHeader : 0);
  return { flags, data: withHeader(small, width, plain, format) };
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
function withHeader(data: Uint8Array, width: number, plain: number, format: BitmapFormat): Uint8Array {
  if (format.noBitmapHeader) return data;
  return new ByteWriter()
    .u16(0, data.length, width * bytesPerPixel(format.colorDepth), plain)
    .bytes(data)
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
