/** A piece of a picture to be painted at a place of the desktop. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Row by row from the top, 0xRRGGBB each. */
  readonly pixels: Uint32Array;
}
