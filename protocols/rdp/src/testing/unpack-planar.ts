/** What a client does with a planar bitmap: the judge of `packPlanar`, written from [MS-RDPEGDI] 3.1.9 alone. Gives 0xRRGGBB. */
export function unpackPlanar(bytes: Uint8Array, width: number, height: number): Uint32Array {
  const header = bytes[0]!;
  if ((header & 0x10) === 0 || (header & 0x0f) !== 0) throw new Error(`header ${header} is not plain run lengths`);
  const pixels = new Uint32Array(width * height);
  let at = 1;
  for (const shift of (header & 0x20) !== 0 ? [16, 8, 0] : [24, 16, 8, 0]) {
    const plane = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      let x = 0;
      let last = 0;
      const put = (value: number) => {
        if (x >= width) throw new Error('a segment crosses the end of its row');
        const difference = (value & 1) !== 0 ? -((value >> 1) + 1) : value >> 1;
        plane[y * width + x] = y === 0 ? value : plane[(y - 1) * width + x]! + difference;
        x++;
      };
      while (x < width) {
        const control = bytes[at++]!;
        let [raw, run] = [control >> 4, control & 15];
        if (run === 1) [raw, run] = [0, 16 + raw];
        else if (run === 2) [raw, run] = [0, 32 + raw];
        if (raw + run === 0) throw new Error('a segment is empty');
        for (let n = 0; n < raw; n++) {
          last = bytes[at++]!;
          put(last);
        }
        for (let n = 0; n < run; n++) put(last);
      }
    }
    if (shift === 24) continue;
    for (let n = 0; n < plane.length; n++) pixels[n] = pixels[n]! | (plane[n]! << shift);
  }
  if (at !== bytes.length) throw new Error('bytes are left over');
  return pixels;
}
