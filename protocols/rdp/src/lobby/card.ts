import { palette } from './palette.ts';
import { box, type Shape, text } from './shape.ts';
import { fitText, textWidth } from './text-layout.ts';

/** Where the card lies and how wide its content is. */
export interface Card {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly contentX: number;
  readonly contentWidth: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Part of the picture that can be clicked. */
export interface Hotspot {
  readonly name: 'user' | 'password' | 'submit' | 'cancel' | 'option';
  /** Which option; for options only. */
  readonly option?: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const widest = 460;
const markSize = 22;

/** A card in the middle, a little above it to the eye: `height` pixels of it, as wide as the desktop allows. */
export function placeCard(desktop: Size, height: number): Card {
  const width = Math.min(widest, desktop.width - 16);
  const padding = width < 360 ? 16 : 36;
  const x = Math.floor((desktop.width - width) / 2);
  const y = Math.max(40, Math.floor((desktop.height - height) / 2) - 12);
  return { x, y, width, height, contentX: x + padding, contentWidth: width - 2 * padding };
}

/** The card itself, the product's mark (its first letter) and name above it, and the hint below it. */
export function cardFrame(card: Card, product: string, hint: string): Shape[] {
  const markY = card.y - markSize - 16;
  const hintText = fitText('small', hint, card.width);
  const initial = [...product][0] ?? '';
  return [
    box({ x: card.x + 2, y: markY, width: markSize, height: markSize }, 6, palette.accent),
    text(
      'strong',
      card.x + 2 + Math.floor((markSize - textWidth('strong', initial)) / 2),
      markY + 16,
      palette.accentText,
      initial,
    ),
    text('strong', card.x + 34, markY + 16, palette.text, fitText('strong', product, card.width - 34)),
    box(card, 14, palette.card, { width: 1, color: palette.cardLine }),
    text(
      'small',
      card.x + Math.floor((card.width - textWidth('small', hintText)) / 2),
      card.y + card.height + 30,
      palette.quiet,
      hintText,
    ),
  ];
}

/** Heading and the quiet line under it; `top` is the content's upper edge. */
export const cardHeading = (card: Card, top: number, title: string, subtitle: string): Shape[] => [
  text('title', card.contentX, top + 22, palette.heading, fitText('title', title, card.contentWidth)),
  text('body', card.contentX, top + 48, palette.quiet, fitText('body', subtitle, card.contentWidth)),
];

/** A button. `style`: the one that Enter means, or a quiet one; a focus ring for those who use the keyboard. */
export function button(
  spot: Hotspot,
  label: string,
  style: 'primary' | 'quiet' | 'busy',
  focused: boolean,
): readonly Shape[] {
  const words = fitText('strong', label, spot.width - 16);
  const x = spot.x + Math.floor((spot.width - textWidth('strong', words)) / 2);
  const ring = { x: spot.x - 3, y: spot.y - 3, width: spot.width + 6, height: spot.height + 6 };
  const line = style === 'quiet' ? { width: 1, color: palette.fieldLine } : { width: 0, color: 0 };
  const fill = { primary: palette.accent, quiet: palette.card, busy: palette.accentDim }[style];
  const color = { primary: palette.accentText, quiet: palette.text, busy: palette.heading }[style];
  return [
    ...(focused ? [box(ring, 11, palette.card, { width: 2, color: palette.accent })] : []),
    box(spot, 8, fill, line),
    text('strong', x, spot.y + Math.floor(spot.height / 2) + 5, color, words),
  ];
}
