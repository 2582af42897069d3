const formatRle = 0x10;
const formatNoAlpha = 0x20;

/**
 * Packs 32-bit pixels with the RDP 6.0 planar codec ([MS-RDPEGDI] 2.2.2.5.1, 3.1.9): each colour a plane, each row as difference to the
 * row before, then run lengths. `pixels`: 0xRRGGBB, in the order in which rows travel (bitmaps: bottom first). With `alpha`, an opaque
 * alpha plane goes along, for clients that cannot do without.
 */
export function packPlanar(pixels: Uint32Array, width: number, height: number, alpha: boolean): Uint8Array {
  // At worst one control byte for each 15 values.
  const packed = new Uint8Array(1 + 4 * height * (width + Math.ceil(width / 15) + 1));
  packed[0] = formatRle | (alpha ? 0 : formatNoAlpha);
  const plane = new Uint8Array(pixels.length);
  const row = new Uint8Array(width);
  let end = 1;
  for (const shift of alpha ? [24, 16, 8, 0] : [16, 8, 0]) {
    for (let n = 0; n < pixels.length; n++) plane[n] = shift === 24 ? 0xff : pixels[n]! >> shift;
    for (let y = 0; y < height; y++) {
      takeRow(row, plane, y * width);
      end = packRow(packed, end, row);
    }
  }
  return packed.slice(0, end);
}

/** The first row as it is, each other as differences; small ones, up or down, become small numbers: the sign moves to the lowest bit. */
function takeRow(row: Uint8Array, plane: Uint8Array, at: number): void {
  const width = row.length;
  for (let x = 0; x < width; x++) {
    const value = plane[at + x]!;
    const difference = at === 0 ? 0 : (value - plane[at - width + x]!) & 0xff;
    row[x] = at === 0 ? value : difference < 0x80 ? difference << 1 : ((0x100 - difference) << 1) - 1;
  }
}

/** One row as segments: up to 15 values as they are, then a run of the last of them. A row starts as if after a zero. */
function packRow(packed: Uint8Array, start: number, row: Uint8Array): number {
  let end = start;
  let at = 0;
  while (at < row.length) {
    const first = at;
    let run = runAt(row, at, at === 0 ? 0 : row[at - 1]!);
    while (run < 3 && at < row.length && at - first < 15) {
      at++;
      run = at < row.length ? runAt(row, at, row[at - 1]!) : 0;
    }
    const raw = at - first;
    const length = runTaken(raw, run);
    // A run length of 1 or 2 means that the other half of the byte counts from 16 or 32.
    packed[end++] =
      length < 16 ? (raw << 4) | length : length < 32 ? ((length - 16) << 4) | 1 : ((length - 32) << 4) | 2;
    for (let n = first; n < at; n++) packed[end++] = row[n]!;
    at += length;
  }
  return end;
}

/** How much of the run fits into this segment; what is left over is for the next one. */
const runTaken = (raw: number, run: number): number =>
  run < 3 ? 0 : raw === 0 && run >= 16 ? Math.min(run, 47) : Math.min(run, 15);

function runAt(row: Uint8Array, from: number, value: number): number {
  let end = from;
  while (end < row.length && row[end] === value) end++;
  return end - from;
}
