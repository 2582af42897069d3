/** Codes of orders in their short form and in the form with a 16-bit length ([MS-RDPBCGR] 2.2.9.1.1.3.1.2.4). */
const order = { background: [0x00, 0xf0], color: [0x60, 0xf3], image: [0x80, 0xf4] } as const;

/**
 * Packs pixels of 15, 16 or 24 bits with interleaved run lengths ([MS-RDPBCGR] 2.2.9.1.1.3.1.2.4, 3.1.9): runs like the row before, runs
 * of one colour, and pixels as they are. `pixels`: values of the wire's depth, in the order in which rows travel (bottom first).
 */
export function packInterleaved(pixels: Uint32Array, width: number, bytesPerPixel: 2 | 3): Uint8Array {
  // At worst an order of 3 bytes and one pixel, again and again.
  const packed = new Uint8Array((pixels.length + 1) * (bytesPerPixel + 3));
  let end = 0;
  let at = 0;
  let literal = 0;
  const flush = () => {
    if (at === literal) return;
    end = writeOrder(packed, end, order.image, at - literal);
    for (let n = literal; n < at; n++) end = writePixel(packed, end, pixels[n]!, bytesPerPixel);
  };
  while (at < pixels.length) {
    const above = sameAsAbove(pixels, at, width);
    const same = above >= 3 ? 0 : sameColor(pixels, at);
    if (above < 3 && same < 3) {
      at++;
      continue;
    }
    flush();
    // Never two background runs in a row: clients would put a pixel of the foreground colour between them.
    end = writeOrder(packed, end, above >= 3 ? order.background : order.color, above >= 3 ? above : same);
    if (above < 3) end = writePixel(packed, end, pixels[at]!, bytesPerPixel);
    at += above >= 3 ? above : same;
    literal = at;
  }
  flush();
  return packed.slice(0, end);
}

/** Only from the second row on: in the first, a background run means black. */
function sameAsAbove(pixels: Uint32Array, from: number, width: number): number {
  if (from < width) return 0;
  let end = from;
  while (end < pixels.length && pixels[end] === pixels[end - width]) end++;
  return end - from;
}

function sameColor(pixels: Uint32Array, from: number): number {
  let end = from + 1;
  while (end < pixels.length && pixels[end] === pixels[from]) end++;
  return end - from;
}

function writeOrder(packed: Uint8Array, at: number, codes: readonly [number, number], length: number): number {
  let end = at;
  if (length < 32) packed[end++] = codes[0] | length;
  else if (length < 288) {
    packed[end++] = codes[0];
    packed[end++] = length - 32;
  } else {
    packed[end++] = codes[1];
    packed[end++] = length & 0xff;
    packed[end++] = length >> 8;
  }
  return end;
}

function writePixel(packed: Uint8Array, at: number, value: number, bytesPerPixel: 2 | 3): number {
  packed[at] = value;
  packed[at + 1] = value >> 8;
  if (bytesPerPixel === 3) packed[at + 2] = value >> 16;
  return at + bytesPerPixel;
}
