import type { Tile } from './tile.ts';

/** Edges of what travels as one bitmap: uncompressed in 32 bits it has 8 KiB, half of what every client takes. */
export const tileWidth = 64;
export const tileHeight = 32;

/** The tile in pieces of at most 64 by 32 pixels; itself when it is small enough. */
export function splitTile(tile: Tile): readonly Tile[] {
  if (tile.width <= tileWidth && tile.height <= tileHeight) return [tile];
  const pieces: Tile[] = [];
  for (let y = 0; y < tile.height; y += tileHeight)
    for (let x = 0; x < tile.width; x += tileWidth) pieces.push(piece(tile, x, y));
  return pieces;
}

function piece(tile: Tile, left: number, top: number): Tile {
  const width = Math.min(tileWidth, tile.width - left);
  const height = Math.min(tileHeight, tile.height - top);
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * tile.width + left;
    pixels.set(tile.pixels.subarray(from, from + width), y * width);
  }
  return { x: tile.x + left, y: tile.y + top, width, height, pixels };
}
