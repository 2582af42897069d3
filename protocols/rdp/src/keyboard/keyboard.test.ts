import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../input/input-event.ts';
import { createKeyboard, type Key, press } from './keyboard.ts';

const leftShift = 0x2a;
const control = 0x1d;
const alt = 0x38;

const down = (code: number, extended = false): InputEvent => ({
  kind: 'key',
  code,
  extended,
  extended1: false,
  released: false,
});
const up = (code: number, extended = false): InputEvent => ({ ...down(code, extended), released: true }) as InputEvent;
const unit = (value: number): InputEvent => ({ kind: 'unicode', unit: value, released: false });
const caps: InputEvent = { kind: 'locks', capsLock: true, numLock: true, scrollLock: false };

/** What events amount to: text, and names of actions in angle brackets. */
function typed(layout: number, events: readonly InputEvent[]): string {
  let keyboard = createKeyboard(layout);
  const keys: Key[] = [];
  for (const event of events) {
    const step = press(keyboard, event);
    keyboard = step.keyboard;
    if (step.key) keys.push(step.key);
  }
  return keys.map((key) => (key.kind === 'text' ? key.text : `<${key.action}>`)).join('');
}

const row = (from: number, count: number) => Array.from({ length: count }, (_, n) => down(from + n));
const shift = (...events: readonly InputEvent[]) => [down(leftShift), ...events, up(leftShift)];
const altGr = (...events: readonly InputEvent[]) => [down(alt, true), ...events, up(alt, true)];

describe('layouts', () => {
  it.each([
    [0x409, 'qwertyuiop[]', 'QWERTYUIOP{}'],
    [0x809, 'qwertyuiop[]', 'QWERTYUIOP{}'],
    [0x40c, 'azertyuiop$', 'AZERTYUIOP£'],
    [0x407, 'qwertzuiopü+', 'QWERTZUIOPÜ*'],
    [0x807, 'qwertzuiopü', 'QWERTZUIOPè!'],
    [0x100c, 'qwertzuiopè', 'QWERTZUIOPü!'],
    // What we do not know types as US.
    [0x411, 'qwertyuiop[]', 'QWERTYUIOP{}'],
    [0xdeadbeef, 'qwertyuiop[]', 'QWERTYUIOP{}'],
  ])('%#: %s types %s', (layout, plain, shifted) => {
    // Dead keys wait and never show here, as nothing follows that they could stand on.
    expect(typed(layout, row(0x10, 10)) + typed(layout, [down(0x1a)]) + typed(layout, [down(0x1b)])).toBe(plain);
    const one = (code: number) => typed(layout, shift(down(code)));
    expect(typed(layout, shift(...row(0x10, 10))) + one(0x1a) + one(0x1b)).toBe(shifted);
  });

  it('have what passwords need behind AltGr, also said as Ctrl and Alt', () => {
    expect(typed(0x407, altGr(down(0x10), down(0x12), down(0x08), down(0x0b), down(0x0c)))).toBe('@€{}\\');
    expect(typed(0x407, [down(control), down(alt), down(0x10)])).toBe('@');
    expect(typed(0x40c, altGr(down(0x0b), down(0x04), down(0x09), down(0x0d)))).toBe('@#\\}');
    expect(typed(0x415, altGr(down(0x1e), ...shift(down(0x26))))).toBe('ąŁ');
  });

  it('give French digits by Shift and by Caps Lock, German letters only', () => {
    expect(typed(0x40c, [...row(0x02, 10), ...shift(...row(0x02, 10))])).toBe('&é"\'(-è_çà1234567890');
    expect(typed(0x40c, [caps, down(0x10), down(0x02)])).toBe('A1');
    expect(typed(0x407, [caps, down(0x10), down(0x02), down(0x1a)])).toBe('Q1Ü');
    expect(typed(0x409, [caps, down(0x10), ...shift(down(0x10))])).toBe('Qq');
  });
});

describe('dead keys', () => {
  it('put their accent on the next letter', () => {
    expect(typed(0x40c, [down(0x1a), down(0x12), ...shift(down(0x1a)), down(0x17)])).toBe('êï');
    expect(typed(0x407, [down(0x0d), down(0x12), ...shift(down(0x0d)), ...shift(down(0x1e))])).toBe('éÀ');
  });

  it('stand alone before a blank, themselves, or a letter that takes none', () => {
    expect(typed(0x407, [down(0x29), down(0x39)])).toBe('^');
    expect(typed(0x407, [down(0x29), down(0x29)])).toBe('^^');
    expect(typed(0x407, [down(0x29), down(0x10)])).toBe('^q');
  });
});

describe('other keys', () => {
  it('act', () => {
    const events = [down(0x0f), ...shift(down(0x0f)), down(0x1c), down(0x1c, true), down(0x01), down(0x0e)];
    expect(typed(0x409, events)).toBe('<tab><back-tab><enter><enter><escape><backspace>');
    const navigation = [0x47, 0x4b, 0x4d, 0x4f, 0x53].map((code) => down(code, true));
    expect(typed(0x409, navigation)).toBe('<home><left><right><end><delete>');
    // Where "a" lies on a French keyboard.
    expect(typed(0x40c, [down(control), down(0x10), up(control), down(0x10)])).toBe('<clear>a');
  });

  it('of the keypad type digits while Num Lock is on', () => {
    expect(typed(0x409, [down(0x47), down(0x52), down(0x53), down(0x35, true), down(0x4e)])).toBe('70./+');
    expect(typed(0x409, [down(0x45), down(0x47), down(0x4d)])).toBe('<home><right>');
  });

  it('write nothing with Ctrl or Alt, when released, or when they have no character', () => {
    expect(typed(0x409, [down(control), down(0x10), up(control)])).toBe('');
    expect(typed(0x409, [down(alt), down(0x10), up(alt)])).toBe('');
    expect(typed(0x409, [up(0x10), down(0x3b), down(0x5b, true)])).toBe('');
    expect(typed(0x409, [{ ...down(0x1d), extended1: true } as InputEvent, down(0x45)])).toBe('');
  });

  it('held when the window lost the focus are not held when it has it again', () => {
    expect(typed(0x409, [down(leftShift), { ...caps, capsLock: false } as InputEvent, down(0x10)])).toBe('q');
  });
});

describe('Unicode input', () => {
  it('types characters of every plane, and acts on control characters', () => {
    expect(typed(0x409, [unit(0x416), unit(0xd83d), unit(0xde00), unit(9), unit(13)])).toBe('Ж😀<tab><enter>');
  });

  it('drops halves of characters', () => {
    expect(typed(0x409, [unit(0xde00), unit(0xd83d), unit(0x41)])).toBe('A');
  });
});
