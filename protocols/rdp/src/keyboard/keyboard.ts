import type { InputEvent } from '../input/input-event.ts';
import { deadMark, type Layout } from './layout.ts';
import { layoutFor } from './layouts.ts';

/** Keys that do something instead of writing. */
export type ActionKey =
  | 'enter'
  | 'tab'
  | 'back-tab'
  | 'escape'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  /** Ctrl+A: the whole field, which the next character replaces. */
  | 'clear';

/** What pressing a key means. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly action: ActionKey };

/** A keyboard's state between two events. */
export interface Keyboard {
  readonly layout: Layout;
  readonly held: ReadonlySet<'left-shift' | 'right-shift' | 'control' | 'alt' | 'alt-gr'>;
  readonly capsLock: boolean;
  readonly numLock: boolean;
  /** A dead key's accent, or the first half of a character outside the basic plane. */
  readonly waiting: string | null;
}

/** A keyboard with nothing pressed. `keyboardLayout`: a Windows locale id, as in the client's core data. */
export const createKeyboard = (keyboardLayout: number): Keyboard => ({
  layout: layoutFor(keyboardLayout),
  held: new Set(),
  capsLock: false,
  numLock: true,
  waiting: null,
});

type Modifier = 'left-shift' | 'right-shift' | 'control' | 'alt' | 'alt-gr';

/** What an event makes of the keyboard, and the key that it amounts to, if any. Other events than keys change nothing. */
export function press(
  keyboard: Keyboard,
  event: InputEvent,
): { readonly keyboard: Keyboard; readonly key: Key | null } {
  if (event.kind === 'locks')
    // A client sends this when its window gets the focus: what was held before was released elsewhere.
    return {
      keyboard: { ...keyboard, held: new Set(), capsLock: event.capsLock, numLock: event.numLock },
      key: null,
    };
  if (event.kind === 'unicode') return event.released ? { keyboard, key: null } : pressUnicode(keyboard, event.unit);
  if (event.kind !== 'key') return { keyboard, key: null };
  const modifier = modifierOf(event.code, event.extended);
  if (modifier) return { keyboard: { ...keyboard, held: heldWith(keyboard, modifier, event.released) }, key: null };
  if (event.released || event.extended1) return { keyboard, key: null };
  if (event.code === 0x3a) return { keyboard: { ...keyboard, capsLock: !keyboard.capsLock }, key: null };
  if (event.code === 0x45) return { keyboard: { ...keyboard, numLock: !keyboard.numLock }, key: null };
  const action = actionOf(keyboard, event.code, event.extended);
  if (action) return { keyboard: { ...keyboard, waiting: null }, key: { kind: 'action', action } };
  return pressCharacter(keyboard, characterOf(keyboard, event.code, event.extended));
}

function modifierOf(code: number, extended: boolean): Modifier | null {
  if (code === 0x2a) return extended ? null : 'left-shift';
  if (code === 0x36) return extended ? null : 'right-shift';
  if (code === 0x1d) return 'control';
  if (code === 0x38) return extended ? 'alt-gr' : 'alt';
  return null;
}

function heldWith(keyboard: Keyboard, modifier: Modifier, released: boolean): Keyboard['held'] {
  const held = new Set(keyboard.held);
  if (released) held.delete(modifier);
  else held.add(modifier);
  return held;
}

const shifted = ({ held }: Keyboard): boolean => held.has('left-shift') || held.has('right-shift');

const actions: Readonly<Record<number, ActionKey>> = { 1: 'escape', 14: 'backspace', 28: 'enter' };
const navigation: Readonly<Record<number, ActionKey>> = {
  71: 'home',
  72: 'up',
  75: 'left',
  77: 'right',
  79: 'end',
  80: 'down',
  83: 'delete',
};

function actionOf(keyboard: Keyboard, code: number, extended: boolean): ActionKey | null {
  if (code === 0x0f) return shifted(keyboard) ? 'back-tab' : 'tab';
  if (extended || !keyboard.numLock) {
    const action = navigation[code];
    if (action) return action;
  }
  const plain = keyboard.held.has('control') && !keyboard.held.has('alt') && !keyboard.held.has('alt-gr');
  if (plain && keyboard.layout.plain.get(code) === 'a') return 'clear';
  return actions[code] ?? null;
}

const keypad: Readonly<Record<number, string>> = {
  55: '*',
  71: '7',
  72: '8',
  73: '9',
  74: '-',
  75: '4',
  76: '5',
  77: '6',
  78: '+',
  79: '1',
  80: '2',
  81: '3',
  82: '0',
  83: '.',
};

/** The character of a key with what is held; null for none. */
function characterOf(keyboard: Keyboard, code: number, extended: boolean): string | null {
  const { held, layout, capsLock } = keyboard;
  if (code === 0x39) return ' ';
  if (extended) return code === 0x35 ? '/' : null;
  const onKeypad = keypad[code];
  if (onKeypad) return onKeypad;
  // Windows says AltGr as Ctrl and Alt together.
  const altGr = held.has('alt-gr') || (held.has('control') && held.has('alt'));
  if (altGr) {
    const third = layout.altGr.get(code) ?? null;
    return third && shifted(keyboard) ? third.toUpperCase() : third;
  }
  if (held.has('control') || held.has('alt')) return null;
  const plain = layout.plain.get(code);
  const letter = plain !== undefined && /^\p{Ll}$/u.test(plain);
  const locked =
    capsLock &&
    ((layout.capsLock === 'all' && plain !== undefined && !isDead(plain)) ||
      (letter && layout.shift.get(code) === plain.toUpperCase()));
  return (shifted(keyboard) !== locked ? layout.shift : layout.plain).get(code) ?? null;
}

/** Accents of dead keys as combining characters. */
const accents: Readonly<Record<string, string>> = {
  '^': '\u0302',
  '¨': '\u0308',
  '´': '\u0301',
  '`': '\u0300',
  '~': '\u0303',
};

const isDead = (character: string): boolean => character.length > 1 && character.startsWith(deadMark);

function pressCharacter(keyboard: Keyboard, character: string | null) {
  if (character === null) return { keyboard, key: null };
  const dead = isDead(character) ? character.slice(1) : null;
  const { waiting } = keyboard;
  if (waiting === null)
    return dead === null
      ? { keyboard, key: textKey(character) }
      : { keyboard: { ...keyboard, waiting: dead }, key: null };
  const next = { ...keyboard, waiting: null };
  const second = dead ?? character;
  if (second === ' ') return { keyboard: next, key: textKey(waiting) };
  const composed = (second + (accents[waiting] ?? '')).normalize('NFC');
  return { keyboard: next, key: textKey(dead === null && [...composed].length === 1 ? composed : waiting + second) };
}

const textKey = (text: string): Key => ({ kind: 'text', text });

function pressUnicode(keyboard: Keyboard, unit: number): { readonly keyboard: Keyboard; readonly key: Key | null } {
  if (unit >= 0xd800 && unit < 0xdc00)
    return { keyboard: { ...keyboard, waiting: String.fromCharCode(unit) }, key: null };
  const next = { ...keyboard, waiting: null };
  if (unit >= 0xdc00 && unit < 0xe000) {
    const high = keyboard.waiting?.charCodeAt(0) ?? 0;
    if (high < 0xd800 || high >= 0xdc00) return { keyboard: next, key: null };
    return { keyboard: next, key: textKey(String.fromCharCode(high, unit)) };
  }
  const action = unicodeActions[unit];
  if (action) return { keyboard: next, key: { kind: 'action', action } };
  return { keyboard: next, key: unit < 0x20 || unit === 0x7f ? null : textKey(String.fromCharCode(unit)) };
}

/** Soft keyboards send these as characters. */
const unicodeActions: Readonly<Record<number, ActionKey>> = {
  8: 'backspace',
  9: 'tab',
  10: 'enter',
  13: 'enter',
  27: 'escape',
};
