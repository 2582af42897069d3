import { inflateRawSync } from 'node:zlib';
import { fontData, fontFaces } from './font-data.ts';

export type FaceName = (typeof fontFaces)[number]['name'];

/** One character, drawn once: coverage of each pixel of a box that lies at `left`, `top` from the pen's place on the base line. */
export interface Glyph {
  /** How far the pen moves on, in quarters of a pixel. */
  readonly advance: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** 0 to 15 for each pixel, row by row. */
  readonly coverage: Uint8Array;
}

export interface Face {
  readonly size: number;
  readonly glyphs: ReadonlyMap<number, Glyph>;
}

/**
 * Unpacks the font: for each face a count (u16), then per glyph its code (u16), advance (u8, quarters), left and top (u8, 128 is zero),
 * width, height (u8) and two pixels of coverage in each byte.
 */
function readFont(): Readonly<Record<FaceName, Face>> {
  const bytes = inflateRawSync(Buffer.from(fontData, 'base64'));
  let at = 0;
  const readFace = (size: number): Face => {
    const glyphs = new Map<number, Glyph>();
    const count = bytes.readUInt16LE(at);
    at += 2;
    for (let n = 0; n < count; n++) {
      const [advance, left, top, width, height] = bytes.subarray(at + 2, at + 7) as unknown as number[];
      const coverage = nibbles(bytes.subarray(at + 7), width! * height!);
      const box = { left: left! - 128, top: top! - 128, width: width!, height: height! };
      glyphs.set(bytes.readUInt16LE(at), { advance: advance!, ...box, coverage });
      at += 7 + ((coverage.length + 1) >> 1);
    }
    return { size, glyphs };
  };
  return Object.fromEntries(fontFaces.map(({ name, size }) => [name, readFace(size)])) as Record<FaceName, Face>;
}

function nibbles(bytes: Uint8Array, count: number): Uint8Array {
  const values = new Uint8Array(count);
  for (let n = 0; n < count; n++) values[n] = n % 2 === 0 ? bytes[n >> 1]! >> 4 : bytes[n >> 1]! & 15;
  return values;
}

let font: Readonly<Record<FaceName, Face>> | null = null;

/** A face of the built-in font; unpacked when first asked for (some milliseconds), because most connections never see a lobby. */
export function face(name: FaceName): Face {
  font ??= readFont();
  return font[name];
}
