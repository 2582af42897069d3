/** What a client does with interleaved run lengths, as far as we write them: the judge of `packInterleaved`, from [MS-RDPBCGR] 3.1.9. */
export function unpackInterleaved(bytes: Uint8Array, width: number, count: number, bytesPerPixel: 2 | 3): Uint32Array {
  const pixels = new Uint32Array(count);
  let at = 0;
  let end = 0;
  let before = '';
  const pixel = () => {
    const value = bytes[at]! | (bytes[at + 1]! << 8) | (bytesPerPixel === 3 ? bytes[at + 2]! << 16 : 0);
    at += bytesPerPixel;
    return value;
  };
  while (at < bytes.length) {
    const first = bytes[at++]!;
    const long = first >= 0xf0;
    const code = long ? { 240: 0, 243: 3, 244: 4 }[first] : first >> 5;
    let length = first & 31;
    if (long) {
      length = bytes[at]! | (bytes[at + 1]! << 8);
      at += 2;
    } else if (length === 0) length = bytes[at++]! + 32;
    if (end + length > count) throw new Error('an order writes beyond the bitmap');
    if (code === 0) {
      if (before === 'background') throw new Error('two background runs follow each other');
      for (let n = 0; n < length; n++, end++) pixels[end] = end < width ? 0 : pixels[end - width]!;
    } else if (code === 3) {
      const value = pixel();
      for (let n = 0; n < length; n++) pixels[end++] = value;
    } else if (code === 4) for (let n = 0; n < length; n++) pixels[end++] = pixel();
    else throw new Error(`order ${first} is not one of ours`);
    before = code === 0 ? 'background' : 'other';
  }
  if (end !== count) throw new Error('the bitmap is not whole');
  return pixels;
}
