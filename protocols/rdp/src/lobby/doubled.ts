import type { Tile } from '../drawing/tile.ts';
import type { DesktopSize } from '../share/bounded-desktop.ts';

/** Doubled pixels of tiles: a picture's empty tiles share one array, so they keep sharing one. */
const doubles = new WeakMap<Uint32Array, Uint32Array>();

/** The tile at twice its size, for dense screens; cut where it would reach beyond the desktop. */
export function doubled(tile: Tile, desktop: DesktopSize): Tile {
  const [x, y] = [tile.x * 2, tile.y * 2];
  const width = Math.min(tile.width * 2, desktop.width - x);
  const height = Math.min(tile.height * 2, desktop.height - y);
  const whole = width === tile.width * 2 && height === tile.height * 2;
  const found = whole ? doubles.get(tile.pixels) : undefined;
  if (found) return { x, y, width, height, pixels: found };
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      pixels[row * width + column] = tile.pixels[(row >> 1) * tile.width + (column >> 1)]!;
  if (whole) doubles.set(tile.pixels, pixels);
  return { x, y, width, height, pixels };
}
