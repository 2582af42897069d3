import { describe, expect, it } from 'vitest';
import type { Tile } from '../drawing/tile.ts';
import type { InputEvent } from '../input/input-event.ts';
import { boundedDesktop } from '../share/bounded-desktop.ts';
import type { LobbyOutcome } from './lobby.ts';
import { createLobby } from './lobby-screen.ts';
import type { LobbyView } from './lobby-view.ts';
import { palette } from './palette.ts';
import { fitText, textWidth, wrapText } from './text-layout.ts';

const progress: LobbyView = {
  kind: 'progress',
  product: 'Atelier',
  title: 'Engineering',
  subtitle: 'h1.example.org',
  status: 'starting',
  progress: 0.25,
  tick: 0,
  hint: 'Esc cancels',
  cancel: 'Cancel',
};
const signIn: LobbyView = {
  kind: 'sign-in',
  product: 'Atelier',
  title: 'Sign in',
  subtitle: '',
  userLabel: 'User name',
  passwordLabel: 'Password',
  submit: 'Sign in',
  cancel: 'Cancel',
  error: '',
  busy: null,
  capsLockWarning: 'Caps Lock is on',
  hint: '',
};

const options = { width: 800, height: 600, keyboardLayout: 0x409 };
const key = (code: number): InputEvent => ({ kind: 'key', code, extended: false, extended1: false, released: false });
const unit = (character: string): InputEvent => ({ kind: 'unicode', unit: character.charCodeAt(0), released: false });
const click = (x: number, y: number): InputEvent => ({ kind: 'mouse', x, y, button: 'left', pressed: true, wheel: 0 });
const [esc, backspace, tab, enter] = [0x01, 0x0e, 0x0f, 0x1c].map(key) as [
  InputEvent,
  InputEvent,
  InputEvent,
  InputEvent,
];

/** A screen put together from tiles, as a client has it. */
function screen(tiles: readonly Tile[], onto?: Uint32Array): Uint32Array {
  const pixels = onto ?? new Uint32Array(800 * 600).fill(0xdeadbeef);
  for (const tile of tiles)
    tile.pixels.forEach((value, n) => {
      pixels[(tile.y + Math.floor(n / tile.width)) * 800 + tile.x + (n % tile.width)] = value;
    });
  return pixels;
}

function shown(view: LobbyView, events: readonly InputEvent[] = [], size = options) {
  const lobby = createLobby(size);
  lobby.show(view);
  const outcomes = events.map((event) => lobby.input(event)).filter((one): one is LobbyOutcome => one !== null);
  return { lobby, outcomes };
}

const same = (one: Uint32Array, other: Uint32Array) => Buffer.from(one.buffer).equals(Buffer.from(other.buffer));
const count = (pixels: Uint32Array, color: number) => pixels.reduce((sum, one) => (one === color ? sum + 1 : sum), 0);

describe('the picture', () => {
  it('covers every pixel the first time, and nothing when nothing changed', () => {
    const { lobby } = shown(progress);
    const pixels = screen(lobby.takeChanges());
    expect(count(pixels, 0xdeadbeef)).toBe(0);
    expect(pixels[0]).toBe(palette.room);
    lobby.show({ ...progress });
    expect(lobby.takeChanges()).toEqual([]);
  });

  it('gives out only what changed, and ends up as if drawn anew', () => {
    const { lobby } = shown(progress);
    const first = screen(lobby.takeChanges());
    const later: LobbyView = { ...progress, progress: 0.8, status: 'waiting for the session' };
    lobby.show(later);
    const changes = lobby.takeChanges();
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.length).toBeLessThan(40);
    expect(same(screen(changes, first), screen(shown(later).lobby.takeChanges()))).toBe(true);
  });

  it('comes whole again when the client asks', () => {
    const { lobby } = shown(progress);
    const all = lobby.takeChanges().length;
    lobby.repaint();
    expect(lobby.takeChanges()).toHaveLength(all);
  });

  it('fills the bar as far as the work has come', () => {
    // A row in the middle of the bar, above and below of which nothing is of the accent's colour.
    const filled = (value: number) => {
      const pixels = screen(shown({ ...progress, progress: value }).lobby.takeChanges());
      const rows = Array.from({ length: 600 }, (_, y) =>
        count(pixels.slice(y * 800 + 200, y * 800 + 800), palette.accent),
      );
      return Math.max(...rows);
    };
    expect(filled(0)).toBeLessThan(30);
    expect(filled(1) / filled(0.5)).toBeCloseTo(2, 1);
    expect(filled(7)).toBe(filled(1));
    expect(filled(Number.NaN)).toBe(filled(0));
  });

  it('moves a piece while nobody knows how long it takes', () => {
    const { lobby } = shown({ ...progress, progress: null, tick: 1 });
    lobby.takeChanges();
    lobby.show({ ...progress, progress: null, tick: 2 });
    expect(lobby.takeChanges().length).toBeGreaterThan(0);
  });

  it.each([
    [200, 200],
    [640, 480],
    [3840, 2160],
  ])('fits a desktop of %i by %i', (width, height) => {
    for (const view of [progress, signIn, { ...signIn, error: 'wrong '.repeat(80) }]) {
      const tiles = shown(view, [], { ...options, width, height }).lobby.takeChanges();
      expect(tiles.reduce((sum, tile) => sum + tile.width * tile.height, 0)).toBe(width * height);
      expect(Math.max(...tiles.map((tile) => tile.x + tile.width))).toBe(width);
      expect(Math.max(...tiles.map((tile) => tile.y + tile.height))).toBe(height);
    }
  });

  it('is twice as large on a dense screen, also where the mouse is', () => {
    const dense = { ...options, width: 1601, height: 1201, scaleFactor: 200 };
    const large = shown(progress, [], dense).lobby.takeChanges();
    const small = screen(shown(progress, [], { ...options, width: 800, height: 600 }).lobby.takeChanges());
    expect(large.reduce((sum, tile) => sum + tile.width * tile.height, 0)).toBe(1601 * 1201);
    expect(Math.max(...large.map((tile) => tile.width))).toBe(64);
    // The card lies half a pixel elsewhere, so colours are counted: each stands for four.
    const accent = large.reduce((sum, tile) => sum + count(tile.pixels, palette.accent), 0);
    expect(accent / count(small, palette.accent)).toBeCloseTo(4, 0);
    const rows = Array.from({ length: 300 }, (_, n) => click(800, n * 4));
    expect(shown(progress, rows, dense).outcomes.length).toBeGreaterThan(10);
    // A phone in the hand says 300 percent and has no room for that.
    expect(shown(progress, [], { ...dense, width: 800, height: 480 }).lobby.takeChanges()[0]?.width).toBe(64);
  });

  it('of a client that asks for an enormous desktop is bounded, as the one that it is offered', () => {
    expect(boundedDesktop({ width: 65_535, height: 65_535 })).toEqual({ width: 8192, height: 2048 });
    expect(boundedDesktop({ width: 1, height: 7680 })).toEqual({ width: 200, height: 7680 });
    expect(boundedDesktop({ width: 7680, height: 2160 })).toEqual({ width: 7680, height: 2160 });
    const tiles = shown(progress, [], { ...options, width: 65_535, height: 65_535 }).lobby.takeChanges();
    expect(tiles).toHaveLength(8192);
  });
});

describe('the sign-in form', () => {
  const decided = (events: readonly InputEvent[], view: LobbyView = signIn) => shown(view, events).outcomes;

  it('takes a name and a password by keyboard', () => {
    const events = [...'éva', '?'].map(unit).concat(backspace, tab, [...'pä55'].map(unit), enter);
    expect(decided(events)).toEqual([{ kind: 'sign-in', user: 'éva', password: 'pä55' }]);
  });

  it('goes from the name to the password by Enter, and sends no form without a name', () => {
    expect(decided([enter, tab, enter, unit('a'), enter, unit('b'), enter])).toEqual([
      { kind: 'sign-in', user: 'a', password: 'b' },
    ]);
  });

  it('is cancelled by Esc, where it can be', () => {
    expect(decided([esc])).toEqual([{ kind: 'cancel' }]);
    expect(decided([tab, tab, tab, enter])).toEqual([{ kind: 'cancel' }]);
  });

  it('takes nothing but Esc while it is checked', () => {
    expect(decided([unit('a'), tab, unit('b'), enter, esc], { ...signIn, busy: 'Checking' })).toEqual([
      { kind: 'cancel' },
    ]);
  });

  it('is worked by mouse', () => {
    const { lobby } = shown(signIn);
    const outcomes: (LobbyOutcome | null)[] = [];
    // Each row of pixels down the middle: fields, then the buttons; text goes where the last field was clicked.
    lobby.input(unit('u'));
    for (let y = 0; y < 600; y += 4) {
      outcomes.push(lobby.input(click(400, y)));
      if (y === 300) lobby.input(unit('x'));
    }
    const decisions = outcomes.filter((one) => one !== null).map((one) => one.kind);
    expect(decisions).toContain('sign-in');
    expect(decisions.at(-1)).toBe('cancel');
    expect(decisions.indexOf('cancel')).toBeGreaterThan(decisions.lastIndexOf('sign-in'));
  });

  it('shows as many bullets as characters and never the password', () => {
    const picture = (password: string) =>
      screen(shown(signIn, [unit('u'), tab, ...[...password].map(unit)]).lobby.takeChanges());
    expect(same(picture('aaaa'), picture('Wm.1'))).toBe(true);
    expect(same(picture('aaaa'), picture('aaaaa'))).toBe(false);
  });

  it('forgets the password alone', () => {
    const { lobby } = shown(signIn, [...'eva'].map(unit).concat(tab, [...'old'].map(unit)));
    lobby.clearPassword();
    lobby.show({ ...signIn, error: 'wrong' });
    const outcome = [...'new']
      .map(unit)
      .concat(enter)
      .map((event) => lobby.input(event))
      .at(-1);
    expect(outcome).toEqual({ kind: 'sign-in', user: 'eva', password: 'new' });
  });

  it('warns of Caps Lock where it matters', () => {
    const locks: InputEvent = { kind: 'locks', capsLock: true, numLock: true, scrollLock: false };
    const warnings = (events: readonly InputEvent[]) =>
      count(screen(shown(signIn, events).lobby.takeChanges()), palette.warning);
    expect([warnings([locks]), warnings([tab])]).toEqual([0, 0]);
    expect(warnings([locks, tab])).toBeGreaterThan(10);
  });

  it('holds at most 250 characters', () => {
    const [outcome] = decided([...'a'.repeat(400)].map(unit).concat(enter, enter));
    expect(outcome).toMatchObject({ user: 'a'.repeat(250) });
  });

  it('starts at the password when the name is known', () => {
    const lobby = createLobby({ ...options, user: 'eva' });
    lobby.show(signIn);
    lobby.input(unit('x'));
    expect(lobby.input(enter)).toEqual({ kind: 'sign-in', user: 'eva', password: 'x' });
  });
});

describe('a choice', () => {
  const down: InputEvent = { kind: 'key', code: 80, extended: true, extended1: false, released: false };
  const up: InputEvent = { ...down, code: 72 };
  const options20 = Array.from({ length: 20 }, (_, n) => ({ label: `Desk ${n}`, note: n === 2 ? 'session open' : '' }));
  const choice: LobbyView = {
    kind: 'choice',
    product: 'Atelier',
    title: 'Choose',
    subtitle: '',
    options: options20,
    selected: 2,
    cancel: 'Cancel',
    hint: '',
  };
  const chosen = (...events: readonly InputEvent[]) => shown(choice, events).outcomes;

  it('is taken by Enter, moved by arrows that stop at the ends, and left by Esc', () => {
    expect(chosen(enter)).toEqual([{ kind: 'choose', option: 2 }]);
    expect(chosen(down, down, up, enter)).toEqual([{ kind: 'choose', option: 3 }]);
    expect(chosen(...Array.from({ length: 40 }, () => down), enter)).toEqual([{ kind: 'choose', option: 19 }]);
    expect(chosen(up, up, up, up, enter)).toEqual([{ kind: 'choose', option: 0 }]);
    expect(chosen(unit('x'), esc)).toEqual([{ kind: 'cancel' }]);
  });

  it('is worked by mouse, also where it has scrolled to', () => {
    const { lobby } = shown(
      choice,
      Array.from({ length: 40 }, () => down),
    );
    const taken = Array.from({ length: 150 }, (_, n) => lobby.input(click(400, n * 4))).filter((one) => one !== null);
    const numbers = new Set(taken.map((one) => (one.kind === 'choose' ? one.option : one.kind)));
    expect([...numbers]).toEqual([14, 15, 16, 17, 18, 19, 'cancel'].slice(-numbers.size));
    expect(numbers.size).toBeGreaterThan(4);
    expect(lobby.input({ kind: 'mouse', x: 0, y: 0, button: null, pressed: false, wheel: 1 })).toBeNull();
    expect(lobby.input(enter)).toEqual({ kind: 'choose', option: 18 });
  });

  it('shows what is selected, keeps it while the list is shown anew, and fits small desktops', () => {
    const { lobby } = shown(choice, [down]);
    const before = screen(lobby.takeChanges());
    lobby.show({ ...choice });
    expect(lobby.takeChanges()).toEqual([]);
    expect(same(before, screen(shown(choice).lobby.takeChanges()))).toBe(false);
    for (const [width, height] of [
      [200, 200],
      [640, 480],
    ] as const)
      expect(shown(choice, [], { ...options, width, height }).lobby.takeChanges().length).toBeGreaterThan(0);
  });
});

describe('a lobby without form', () => {
  it('is cancelled by Esc and by its button, a message closed by Enter too', () => {
    expect(shown(progress, [enter, unit('a'), esc]).outcomes).toEqual([{ kind: 'cancel' }]);
    const message: LobbyView = { kind: 'message', product: '', title: 'No', text: 'why', hint: '', close: 'Close' };
    expect(shown(message, [enter]).outcomes).toEqual([{ kind: 'cancel' }]);
    const rows = Array.from({ length: 150 }, (_, n) => click(400, n * 4));
    expect(shown(progress, rows).outcomes.length).toBeGreaterThan(5);
  });

  it('does nothing before there is a view', () => {
    expect(createLobby(options).input(click(400, 300))).toBeNull();
  });
});

describe('text', () => {
  it('is cut with an ellipsis and broken between words', () => {
    const long = 'All desktops of this collection are in use';
    expect(textWidth('body', fitText('body', long, 100))).toBeLessThanOrEqual(100);
    expect(fitText('body', long, 100)).toMatch(/^All.*…$/);
    const lines = wrapText('body', long, 120, 2);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…$/);
    expect(wrapText('body', long, 150, 9).join(' ')).toBe(long);
    expect(wrapText('body', '', 150, 2)).toEqual([]);
  });

  it('has letters of Latin, Greek and Cyrillic scripts, and a box for the rest', () => {
    for (const word of ['žluťoučký', 'Ελλάδα', 'Україна', 'ß€™']) expect(textWidth('body', word)).toBeGreaterThan(20);
    expect(textWidth('body', '語語')).toBe(textWidth('body', '한한'));
    // Without its accents where only those are lacking.
    expect(textWidth('body', 'ế')).toBe(textWidth('body', 'e'));
  });
});
