import { ByteWriter } from '../byte-writer.ts';

const formatRle = 0x10;
const formatNoAlpha = 0x20;

/**
 * Packs 32-bit pixels with the RDP 6.0 planar codec ([MS-RDPEGDI] 2.2.2.5.1, 3.1.9): each colour a plane, each row as difference to the
 * row before, then run lengths. `pixels`: 0xRRGGBB, in the order in which rows travel (bitmaps: bottom first). With `alpha`, an opaque
 * alpha plane goes along, for clients that cannot do without.
 */
export function packPlanar(pixels: Uint32Array, width: number, height: number, alpha: boolean): Buffer {
  const packed = new ByteWriter().u8(formatRle | (alpha ? 0 : formatNoAlpha));
  const plane = new Uint8Array(pixels.length);
  for (const shift of alpha ? [-1, 16, 8, 0] : [16, 8, 0]) {
    for (let n = 0; n < pixels.length; n++) plane[n] = shift < 0 ? 0xff : (pixels[n]! >> shift) & 0xff;
    packPlane(packed, plane, width, height);
  }
  return packed.done();
}

function packPlane(packed: ByteWriter, plane: Uint8Array, width: number, height: number): void {
  const row = new Uint8Array(width);
  for (let y = 0; y < height; y++) {
    const at = y * width;
    for (let x = 0; x < width; x++) {
      const value = plane[at + x]!;
      row[x] = y === 0 ? value : zigzag((value - plane[at - width + x]!) & 0xff);
    }
    packRow(packed, row);
  }
}

/** Small differences, up or down, become small numbers: the sign moves to the lowest bit. */
const zigzag = (difference: number): number => (difference < 0x80 ? difference << 1 : ((0x100 - difference) << 1) - 1);

/** One row as segments: up to 15 values as they are, then a run of the last of them. A row starts as if after a zero. */
function packRow(packed: ByteWriter, row: Uint8Array): void {
  let at = 0;
  while (at < row.length) {
    const start = at;
    let run = runAt(row, at, at === 0 ? 0 : row[at - 1]!);
    while (run < 3 && at < row.length && at - start < 15) {
      at++;
      run = at < row.length ? runAt(row, at, row[at - 1]!) : 0;
    }
    at += writeSegment(packed, row.subarray(start, at), run);
  }
}

function runAt(row: Uint8Array, from: number, value: number): number {
  let end = from;
  while (end < row.length && row[end] === value) end++;
  return end - from;
}

/** Gives how much of the run was written; what is left over is for the next segment. */
function writeSegment(packed: ByteWriter, raw: Uint8Array, run: number): number {
  if (raw.length === 0 && run >= 16) {
    // A run length of 1 or 2 means that the other half of the byte counts from 16 or 32.
    const length = Math.min(run, 47);
    packed.u8(length < 32 ? ((length - 16) << 4) | 1 : ((length - 32) << 4) | 2);
    return length;
  }
  const length = run < 3 ? 0 : Math.min(run, 15);
  packed.u8((raw.length << 4) | length).bytes(raw);
  return length;
}
