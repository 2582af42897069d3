import { button, cardFrame, cardHeading, type Hotspot, placeCard, type Size } from './card.ts';
import { type ChoiceList, mostLines } from './choice-list.ts';
import type { LobbyOption, LobbyView } from './lobby-view.ts';
import { palette } from './palette.ts';
import type { Picture } from './picture.ts';
import { box, type Shape, text } from './shape.ts';
import { fitText, textWidth } from './text-layout.ts';

const lineHeight = 46;
const gap = 6;
const inset = 14;
/** The card without its lines, and what stands around the card. */
const besides = 150;
const around = 130;

type Choice = Extract<LobbyView, { kind: 'choice' }>;

/** How many lines of a choice there is room for. */
export const linesOf = (view: Choice, desktop: Size): number =>
  Math.max(
    1,
    Math.min(mostLines, view.options.length, Math.floor((desktop.height - besides - around) / (lineHeight + gap))),
  );

/** Heading, the options that are seen, and the way out; a bar at the side when there are more. */
export function choicePicture(view: Choice, list: ChoiceList, desktop: Size): Picture {
  const lines = linesOf(view, desktop);
  const listHeight = lines * (lineHeight + gap);
  const card = placeCard(desktop, 38 + 72 + listHeight + (view.cancel === null ? 24 : 80));
  const top = card.y + 38;
  const options = view.options.slice(list.first, list.first + lines).map((option, n) => {
    const spot: Hotspot = {
      name: 'option',
      option: list.first + n,
      x: card.contentX,
      y: top + 72 + n * (lineHeight + gap),
      width: card.contentWidth,
      height: lineHeight,
    };
    return { spot, option };
  });
  const cancel: Hotspot = {
    name: 'cancel',
    x: card.contentX,
    y: card.y + card.height - 68,
    width: card.contentWidth,
    height: 40,
  };
  return {
    hotspots: [...options.map(({ spot }) => spot), ...(view.cancel === null ? [] : [cancel])],
    shapes: [
      ...cardFrame(card, view.product, view.hint),
      ...cardHeading(card, top, view.title, view.subtitle),
      ...options.flatMap(({ spot, option }) => lineShapes(spot, option, spot.option === list.selected)),
      ...scrollBar(card.contentX + card.contentWidth + 8, top + 72, listHeight - gap, lines, list, view.options.length),
      ...(view.cancel === null ? [] : button(cancel, view.cancel, 'quiet', false)),
    ],
  };
}

function lineShapes(spot: Hotspot, { label, note }: LobbyOption, selected: boolean): Shape[] {
  const line = selected ? { width: 2, color: palette.accent } : { width: 1, color: palette.fieldLine };
  const noted = fitText('small', note, Math.floor(spot.width / 2));
  const noteX = spot.x + spot.width - inset - textWidth('small', noted);
  const room = noteX - spot.x - inset - (note === '' ? 0 : 28);
  return [
    box(spot, 8, selected ? palette.accentDim : palette.field, line),
    text('body', spot.x + inset, spot.y + 29, palette.heading, fitText('body', label, room)),
    ...(note === ''
      ? []
      : [
          box({ x: noteX - 14, y: spot.y + 19, width: 8, height: 8 }, 4, palette.accent),
          text('small', noteX, spot.y + 28, selected ? palette.heading : palette.text, noted),
        ]),
  ];
}

function scrollBar(x: number, y: number, height: number, lines: number, { first }: ChoiceList, count: number): Shape[] {
  if (count <= lines) return [];
  const length = Math.max(16, Math.round((height * lines) / count));
  const from = Math.round(((height - length) * first) / (count - lines));
  return [
    box({ x, y, width: 4, height }, 2, palette.track),
    box({ x, y: y + from, width: 4, height: length }, 2, palette.quiet),
  ];
}
