import type { Tile } from '../drawing/tile.ts';
import type { Shape } from './shape.ts';
import { placeText } from './text-layout.ts';

/** Paints the part of a shape that lies in the tile. Writes into the tile's pixels. */
export function drawShape(tile: Tile, shape: Shape): void {
  if (shape.kind === 'text') drawText(tile, shape);
  else drawBox(tile, shape);
}

function drawBox(tile: Tile, shape: Extract<Shape, { kind: 'box' }>): void {
  const { fill, line, radius } = shape;
  const left = Math.max(shape.x, tile.x);
  const right = Math.min(shape.x + shape.width, tile.x + tile.width);
  const top = Math.max(shape.y, tile.y);
  const bottom = Math.min(shape.y + shape.height, tile.y + tile.height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const depth = depthInside(x - shape.x, y - shape.y, shape.width, shape.height, radius);
      if (depth <= 0) continue;
      const inner = line.width === 0 ? 1 : clamp(depth - line.width);
      const color = inner >= 1 ? fill : blend(line.color, fill, inner);
      const at = (y - tile.y) * tile.width + x - tile.x;
      tile.pixels[at] = depth >= 1 ? color : blend(tile.pixels[at]!, color, depth);
    }
  }
}

const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);

/** How deep the pixel lies inside the box, in pixels: 1 and more wholly inside, between 0 and 1 on a round corner's edge. */
function depthInside(x: number, y: number, width: number, height: number, radius: number): number {
  const straight = Math.min(x + 1, y + 1, width - x, height - y);
  const cornerX = Math.max(radius - (x + 0.5), x + 0.5 - (width - radius), 0);
  const cornerY = Math.max(radius - (y + 0.5), y + 0.5 - (height - radius), 0);
  if (cornerX === 0 || cornerY === 0) return straight;
  return Math.min(straight, radius - Math.hypot(cornerX, cornerY) + 0.5);
}

function drawText(tile: Tile, shape: Extract<Shape, { kind: 'text' }>): void {
  for (const { glyph, x } of placeText(shape.face, shape.text).glyphs) {
    const originX = shape.x + x + glyph.left - tile.x;
    const originY = shape.y + glyph.top - tile.y;
    if (originX >= tile.width || originX + glyph.width <= 0) continue;
    for (let row = Math.max(0, -originY); row < glyph.height && originY + row < tile.height; row++) {
      for (let column = Math.max(0, -originX); column < glyph.width && originX + column < tile.width; column++) {
        const coverage = glyph.coverage[row * glyph.width + column]!;
        if (coverage === 0) continue;
        const at = (originY + row) * tile.width + originX + column;
        tile.pixels[at] = blend(tile.pixels[at]!, shape.color, coverage / 15);
      }
    }
  }
}

/** `share` of `over`, the rest of `under`. */
function blend(under: number, over: number, share: number): number {
  const mix = (shift: number) => {
    const from = (under >> shift) & 0xff;
    return Math.round(from + (((over >> shift) & 0xff) - from) * share) << shift;
  };
  return mix(16) | mix(8) | mix(0);
}
