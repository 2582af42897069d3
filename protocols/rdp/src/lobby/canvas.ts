import { tileHeight as usualHeight, tileWidth as usualWidth } from '../drawing/split-tile.ts';
import type { Tile } from '../drawing/tile.ts';
import type { DesktopSize } from '../share/bounded-desktop.ts';
import { drawShape } from './draw-shape.ts';
import { type Bounds, boundsOf, overlap, type Shape } from './shape.ts';

/**
 * A picture as a list of shapes over one colour. It is never held as pixels: tiles are drawn when they travel, so that a waiting
 * user costs kilobytes, also in front of a large screen. Only tiles under shapes that came, went or changed are given out again.
 */
export class Canvas {
  readonly #width: number;
  readonly #height: number;
  readonly #background: number;
  readonly #tileWidth: number;
  readonly #tileHeight: number;
  readonly #plain = new Map<string, Uint32Array>();
  #shapes: readonly Shape[] = [];
  #dirty = new Set<number>();
  readonly #columns: number;
  readonly #rows: number;

  /** `scale`: how much larger the tiles will travel, so that they are that much smaller here. */
  constructor({ width, height }: DesktopSize, background: number, scale: 1 | 2 = 1) {
    this.#width = width;
    this.#height = height;
    this.#background = background;
    this.#tileWidth = usualWidth / scale;
    this.#tileHeight = usualHeight / scale;
    this.#columns = Math.ceil(width / this.#tileWidth);
    this.#rows = Math.ceil(height / this.#tileHeight);
    this.repaint();
  }

  /** Everything is to be given out again. */
  repaint(): void {
    for (let n = 0; n < this.#columns * this.#rows; n++) this.#dirty.add(n);
  }

  /** What the picture holds from now on. */
  show(shapes: readonly Shape[]): void {
    const before = new Map(this.#shapes.map((shape) => [JSON.stringify(shape), shape]));
    for (const shape of shapes) {
      const key = JSON.stringify(shape);
      if (!before.delete(key)) this.#mark(boundsOf(shape));
    }
    for (const shape of before.values()) this.#mark(boundsOf(shape));
    this.#shapes = shapes;
  }

  #mark(bounds: Bounds): void {
    const lastColumn = Math.min(Math.floor((bounds.right - 1) / this.#tileWidth), this.#columns - 1);
    const lastRow = Math.min(Math.floor((bounds.bottom - 1) / this.#tileHeight), this.#rows - 1);
    for (let row = Math.max(0, Math.floor(bounds.top / this.#tileHeight)); row <= lastRow; row++)
      for (let column = Math.max(0, Math.floor(bounds.left / this.#tileWidth)); column <= lastColumn; column++)
        this.#dirty.add(row * this.#columns + column);
  }

  /** The tiles that changed since the last call, from the middle outwards as far as order matters: top to bottom. */
  takeChanges(): readonly Tile[] {
    const bounded = this.#shapes.map((shape) => ({ shape, bounds: boundsOf(shape) }));
    const tiles = [...this.#dirty].sort((one, other) => one - other).map((index) => this.#draw(index, bounded));
    this.#dirty = new Set();
    return tiles;
  }

  #draw(index: number, shapes: readonly { readonly shape: Shape; readonly bounds: Bounds }[]): Tile {
    const x = (index % this.#columns) * this.#tileWidth;
    const y = Math.floor(index / this.#columns) * this.#tileHeight;
    const width = Math.min(this.#tileWidth, this.#width - x);
    const height = Math.min(this.#tileHeight, this.#height - y);
    const touching = shapes.filter(({ bounds }) =>
      overlap(bounds, { left: x, top: y, right: x + width, bottom: y + height }),
    );
    const plain = this.#plainPixels(width, height);
    if (touching.length === 0) return { x, y, width, height, pixels: plain };
    const tile = { x, y, width, height, pixels: plain.slice() };
    for (const { shape } of touching) drawShape(tile, shape);
    return tile;
  }

  /** One array for all empty tiles of a size: it is also packed only once. */
  #plainPixels(width: number, height: number): Uint32Array {
    const key = `${width}x${height}`;
    const found = this.#plain.get(key) ?? new Uint32Array(width * height).fill(this.#background);
    this.#plain.set(key, found);
    return found;
  }
}
