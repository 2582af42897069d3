import { button, cardFrame, cardHeading, type Hotspot, placeCard, type Size } from './card.ts';
import type { LobbyView } from './lobby-view.ts';
import { palette } from './palette.ts';
import type { Picture } from './picture.ts';
import { text } from './shape.ts';
import { wrapText } from './text-layout.ts';

const lineHeight = 23;

/** A heading, some lines of text, and a button that closes. */
export function messagePicture(view: Extract<LobbyView, { kind: 'message' }>, desktop: Size): Picture {
  const { contentWidth } = placeCard(desktop, 0);
  const lines = wrapText('body', view.text, contentWidth, 5);
  const height = 38 + 22 + 24 + lines.length * lineHeight + (view.close === null ? 30 : 98);
  const card = placeCard(desktop, height);
  const top = card.y + 38;
  const close = { x: card.contentX, y: card.y + card.height - 72, width: card.contentWidth, height: 40 };
  const hotspots: Hotspot[] = view.close === null ? [] : [{ name: 'cancel', ...close }];
  return {
    hotspots,
    shapes: [
      ...cardFrame(card, view.product, view.hint),
      ...cardHeading(card, top, view.title, ''),
      ...lines.map((line, n) => text('body', card.contentX, top + 60 + n * lineHeight, palette.text, line)),
      ...hotspots.flatMap((spot) => button(spot, view.close ?? '', 'quiet', true)),
    ],
  };
}
