import { button, cardFrame, cardHeading, type Hotspot, placeCard, type Size } from './card.ts';
import type { LobbyView } from './lobby-view.ts';
import { palette } from './palette.ts';
import type { Picture } from './picture.ts';
import { box, type Shape, text } from './shape.ts';
import { fitText, textWidth } from './text-layout.ts';

const barHeight = 8;
/** How far the travelling piece moves with each tick, in parts of the bar. */
const stride = 0.06;
const pieceLength = 0.3;

/** Heading, what is being done, a bar, and the way out. */
export function progressPicture(view: Extract<LobbyView, { kind: 'progress' }>, desktop: Size): Picture {
  const card = placeCard(desktop, view.cancel === null ? 194 : 266);
  const top = card.y + 38;
  const percent = view.progress === null ? '' : `${Math.floor(share(view.progress) * 100)} %`;
  const percentX = card.contentX + card.contentWidth - textWidth('body', percent);
  const statusWidth = percentX - card.contentX - (percent === '' ? 0 : 12);
  const bar = { x: card.contentX, y: top + 84, width: card.contentWidth, height: barHeight };
  const cancel = { x: card.contentX, y: card.y + card.height - 76, width: card.contentWidth, height: 40 };
  const hotspots: Hotspot[] = view.cancel === null ? [] : [{ name: 'cancel', ...cancel }];
  return {
    hotspots,
    shapes: [
      ...cardFrame(card, view.product, view.hint),
      ...cardHeading(card, top, view.title, view.subtitle),
      box(bar, barHeight / 2, palette.track),
      ...filledPart(bar, view.progress, view.tick),
      text('body', card.contentX, top + 120, palette.text, fitText('body', view.status, statusWidth)),
      text('body', percentX, top + 120, palette.quiet, percent),
      ...hotspots.flatMap((spot) => button(spot, view.cancel ?? '', 'quiet', false)),
    ],
  };
}

const share = (progress: number): number => Math.min(Math.max(Number.isFinite(progress) ? progress : 0, 0), 1);

function filledPart(bar: Hotspot | Omit<Hotspot, 'name'>, progress: number | null, tick: number): Shape[] {
  const { x, y, width, height } = bar;
  if (progress !== null) {
    const filled = Math.round(width * share(progress));
    return filled < height ? [] : [box({ x, y, width: filled, height }, height / 2, palette.accent)];
  }
  // The piece goes there and back, so that it never jumps.
  const way = (Math.abs(Number.isFinite(tick) ? tick : 0) * stride) % 2;
  const start = Math.round((way < 1 ? way : 2 - way) * (1 - pieceLength) * width);
  const piece = { x: x + start, y, width: Math.round(width * pieceLength), height };
  return [box(piece, height / 2, palette.accent)];
}
