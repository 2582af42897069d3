import type { FaceName } from './read-font.ts';
import { textWidth } from './text-layout.ts';

/** A thing in the picture. Later shapes lie over earlier ones. Places are whole pixels of the desktop, colours 0xRRGGBB. */
export type Shape =
  | {
      readonly kind: 'box';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly radius: number;
      readonly fill: number;
      /** A line inside the edge; 0 wide for none. */
      readonly line: { readonly width: number; readonly color: number };
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      /** The base line. */
      readonly y: number;
      readonly face: FaceName;
      readonly color: number;
      readonly text: string;
    };

export interface Bounds {
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  /** Exclusive. */
  readonly bottom: number;
}

const noLine = { width: 0, color: 0 };

/** A filled box with round corners. */
export const box = (
  bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  radius: number,
  fill: number,
  line = noLine,
): Shape => ({ kind: 'box', ...bounds, radius, fill, line });

/** One line of text; `y` is its base line. */
export const text = (face: FaceName, x: number, y: number, color: number, words: string): Shape => ({
  kind: 'text',
  x,
  y,
  face,
  color,
  text: words,
});

/** Every pixel that the shape may touch. Glyphs reach at most 32 pixels above and 12 below the base line. */
export function boundsOf(shape: Shape): Bounds {
  if (shape.kind === 'box')
    return { left: shape.x, top: shape.y, right: shape.x + shape.width, bottom: shape.y + shape.height };
  const width = textWidth(shape.face, shape.text);
  return { left: shape.x - 4, top: shape.y - 32, right: shape.x + width + 4, bottom: shape.y + 12 };
}

export const overlap = (one: Bounds, other: Bounds): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
