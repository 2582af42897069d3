import { button, type Card, cardFrame, cardHeading, type Hotspot, placeCard, type Size } from './card.ts';
import type { LobbyView } from './lobby-view.ts';
import { palette } from './palette.ts';
import type { Picture } from './picture.ts';
import { box, type Shape, text } from './shape.ts';
import type { Field, SignInForm } from './sign-in-form.ts';
import { advances, fitText, textWidth, wrapText } from './text-layout.ts';

const fieldHeight = 42;
const inset = 14;

/** The form: what is wrong, two fields, the buttons. */
export function signInPicture(
  view: Extract<LobbyView, { kind: 'sign-in' }>,
  form: SignInForm,
  capsLock: boolean,
  desktop: Size,
): Picture {
  const errors = wrapText('body', view.error, placeCard(desktop, 0).contentWidth - 2 * inset, 2);
  const errorHeight = errors.length === 0 ? 0 : errors.length * 21 + 35;
  const card = placeCard(desktop, 360 + errorHeight + (view.cancel === null ? 0 : 52));
  const top = card.y + 38;
  const fieldsTop = top + 72 + errorHeight;
  const spot = (name: Hotspot['name'], y: number, height: number): Hotspot => ({
    name,
    x: card.contentX,
    y,
    width: card.contentWidth,
    height,
  });
  const user = spot('user', fieldsTop + 22, fieldHeight);
  const password = spot('password', fieldsTop + 104, fieldHeight);
  const submit = spot('submit', fieldsTop + 172, 42);
  const cancel = spot('cancel', fieldsTop + 224, 42);
  const bullets = { ...form.password, characters: form.password.characters.map(() => '•') };
  const warned = capsLock && form.focus === 'password' && view.busy === null;
  const focus = view.busy === null ? form.focus : null;
  return {
    hotspots: [user, password, submit, ...(view.cancel === null ? [] : [cancel])],
    shapes: [
      ...cardFrame(card, view.product, view.hint),
      ...cardHeading(card, top, view.title, view.subtitle),
      ...errorBox(card, top + 70, errors),
      label(user, view.userLabel),
      ...fieldShapes(user, form.user, focus === 'user'),
      label(password, view.passwordLabel),
      ...(warned ? [warning(password, view.capsLockWarning, view.passwordLabel)] : []),
      ...fieldShapes(password, bullets, focus === 'password'),
      ...button(submit, view.busy ?? view.submit, view.busy === null ? 'primary' : 'busy', focus === 'submit'),
      ...(view.cancel === null ? [] : button(cancel, view.cancel, 'quiet', focus === 'cancel')),
    ],
  };
}

function errorBox(card: Card, y: number, lines: readonly string[]): Shape[] {
  if (lines.length === 0) return [];
  const height = lines.length * 21 + 17;
  const area = { x: card.contentX, y, width: card.contentWidth, height };
  return [
    box(area, 8, palette.dangerField, { width: 1, color: palette.dangerLine }),
    ...lines.map((line, n) => text('body', card.contentX + inset, y + 24 + n * 21, palette.danger, line)),
  ];
}

const label = (spot: Hotspot, words: string): Shape =>
  text('small', spot.x, spot.y - 9, palette.text, fitText('small', words, spot.width));

/** To the right of the label, as far as that leaves room. */
function warning(spot: Hotspot, words: string, beside: string): Shape {
  const fitted = fitText('small', words, spot.width - textWidth('small', beside) - 16);
  return text('small', spot.x + spot.width - textWidth('small', fitted), spot.y - 9, palette.warning, fitted);
}

/** A field with its text and, where it has the focus, the caret; of a long text the part at the caret. */
function fieldShapes(spot: Hotspot, field: Field, focused: boolean): Shape[] {
  const line = focused ? { width: 2, color: palette.accent } : { width: 1, color: palette.fieldLine };
  const { visible, caretX } = window(field, spot.width - 2 * inset);
  const shapes = [box(spot, 8, palette.field, line)];
  shapes.push(text('body', spot.x + inset, spot.y + 27, palette.heading, visible));
  if (focused) {
    const caret = { x: spot.x + inset + caretX, y: spot.y + 12, width: 2, height: fieldHeight - 24 };
    shapes.push(box(caret, 0, palette.accent));
  }
  return shapes;
}

/** The part of a text that fits with the caret in it: from as early as possible up to the caret, then as much as there is room for. */
function window({ characters, caret }: Field, width: number): { readonly visible: string; readonly caretX: number } {
  const steps = advances('body', characters);
  const room = (width - 4) * 4;
  let start = caret;
  let before = 0;
  while (start > 0 && before + steps[start - 1]! <= room) before += steps[--start]!;
  let end = caret;
  let all = before;
  while (end < characters.length && all + steps[end]! <= room) all += steps[end++]!;
  return { visible: characters.slice(start, end).join(''), caretX: Math.round(before / 4) };
}
