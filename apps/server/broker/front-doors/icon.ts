import { crc32, deflateSync } from 'node:zlib';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(kind: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

const side = 32;
/** A screen on its foot: what stands at a place of the 32×32 picture. */
function colourAt(x: number, y: number): readonly [number, number, number, number] {
  const inside = (left: number, top: number, right: number, bottom: number) =>
    x >= left && x < right && y >= top && y < bottom;
  if (inside(4, 6, 28, 20)) return [0x4c, 0x6e, 0xf5, 255];
  if (inside(2, 4, 30, 22) || inside(14, 22, 18, 26) || inside(9, 26, 23, 28)) return [0x34, 0x3a, 0x40, 255];
  return [0, 0, 0, 0];
}

let drawn: Buffer | undefined;

/** PNG, 32×32, for what has no icon of its own. */
export function defaultIcon(): Buffer {
  if (drawn) return drawn;
  const rows = Array.from({ length: side }, (_, y) => [
    0,
    ...Array.from({ length: side }, (_, x) => colourAt(x, y)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits for each of red, green, blue and opacity.
  header.set([8, 6, 0, 0, 0], 8);
  drawn = Buffer.concat([
    pngSignature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', new Uint8Array()),
  ]);
  return drawn;
}

/** An `.ico` file that holds one PNG, as Windows Vista and later read it. What is no PNG gives the default icon. */
export function icoOf(png: Uint8Array): Buffer {
  const bytes = Buffer.from(png);
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(pngSignature)) return icoOf(defaultIcon());
  const header = Buffer.alloc(22);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(1, 4);
  // 0 stands for 256 and more.
  const size = (at: number) => (bytes.readUInt32BE(at) >= 256 ? 0 : bytes.readUInt32BE(at));
  header.set([size(16), size(20)], 6);
  header.writeUInt16LE(1, 10);
  header.writeUInt16LE(32, 12);
  header.writeUInt32LE(bytes.length, 14);
  header.writeUInt32LE(header.length, 18);
  return Buffer.concat([header, bytes]);
}
