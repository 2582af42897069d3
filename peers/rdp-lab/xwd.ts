/** The colour of a pixel, 0xRRGGBB, in a picture of X's window dump format (XWDFile.h), as `Xvfb -fbdir` keeps it. */
export function pixelAt(picture: Buffer, x: number, y: number): number {
  const field = (number: number) => picture.readUInt32BE(number * 4);
  const [header, width, height, lsbFirst] = [field(0), field(4), field(5), field(7) === 0];
  const [bits, bytesPerLine, colours] = [field(11), field(12), field(19)];
  if (bits !== 32 || x >= width || y >= height)
    throw new Error(`no pixel ${x}, ${y} in a picture of ${width}×${height}×${bits}`);
  const at = header + colours * 12 + y * bytesPerLine + x * 4;
  return (lsbFirst ? picture.readUInt32LE(at) : picture.readUInt32BE(at)) & 0xffffff;
}
