import type { Tile } from '../drawing/tile.ts';
import type { InputEvent } from '../input/input-event.ts';
import { createKeyboard, type Key, type Keyboard, press } from '../keyboard/keyboard.ts';
import { boundedDesktop, type DesktopSize } from '../share/bounded-desktop.ts';
import { Canvas } from './canvas.ts';
import type { Hotspot } from './card.ts';
import { type ChoiceList, keyInChoice, selectIn } from './choice-list.ts';
import { choicePicture, linesOf } from './choice-picture.ts';
import { doubled } from './doubled.ts';
import type { Lobby, LobbyOptions, LobbyOutcome } from './lobby.ts';
import type { LobbyView } from './lobby-view.ts';
import { messagePicture } from './message-picture.ts';
import { palette } from './palette.ts';
import type { Picture } from './picture.ts';
import { progressPicture } from './progress-picture.ts';
import {
  createSignInForm,
  type FormDecision,
  type FormStep,
  keyInForm,
  type SignInForm,
  textOf,
  withoutPassword,
} from './sign-in-form.ts';
import { signInPicture } from './sign-in-picture.ts';

/** Below this, a picture of twice the size would be cut off. */
const leastDense = { width: 1000, height: 1100 };

/** Holds the view, the form and the picture of one connection's lobby. */
class LobbyScreen implements Lobby {
  readonly #desktop: DesktopSize;
  /** The desktop in the pixels that shapes are placed in. */
  readonly #area: DesktopSize;
  readonly #scale: 1 | 2;
  readonly #canvas: Canvas;
  #view: LobbyView | null = null;
  #form: SignInForm;
  #choice: ChoiceList = { selected: 0, first: 0 };
  #keyboard: Keyboard;
  #hotspots: readonly Hotspot[] = [];
  /** Drawn only when somebody looks: a client may send thousands of keys between two pictures. */
  #stale = false;

  constructor(options: LobbyOptions) {
    this.#desktop = boundedDesktop(options);
    const { width, height } = this.#desktop;
    const dense = (options.scaleFactor ?? 100) >= 175 && width >= leastDense.width && height >= leastDense.height;
    this.#scale = dense ? 2 : 1;
    this.#area = { width: Math.ceil(width / this.#scale), height: Math.ceil(height / this.#scale) };
    this.#canvas = new Canvas(this.#area, palette.room, this.#scale);
    this.#form = createSignInForm(options.user ?? '');
    this.#keyboard = createKeyboard(options.keyboardLayout);
  }

  show(view: LobbyView): void {
    if (view.kind === 'choice') {
      const selected = this.#view?.kind === 'choice' ? this.#choice.selected : view.selected;
      this.#choice = selectIn(this.#choice, selected, view.options.length, linesOf(view, this.#area));
    }
    this.#view = view;
    this.#stale = true;
  }

  #draw(): void {
    if (!this.#view || !this.#stale) return;
    this.#stale = false;
    const { shapes, hotspots } = this.#picture(this.#view);
    this.#hotspots = hotspots;
    this.#canvas.show(shapes);
  }

  #picture(view: LobbyView): Picture {
    if (view.kind === 'progress') return progressPicture(view, this.#area);
    if (view.kind === 'choice') return choicePicture(view, this.#choice, this.#area);
    if (view.kind === 'message') return messagePicture(view, this.#area);
    return signInPicture(view, this.#form, this.#keyboard.capsLock, this.#area);
  }

  input(event: InputEvent): LobbyOutcome | null {
    const { keyboard, key } = press(this.#keyboard, event);
    const locked = keyboard.capsLock !== this.#keyboard.capsLock;
    this.#keyboard = keyboard;
    if (this.#view?.kind === 'choice') return this.#choose(this.#view, key, event);
    const step = key ? this.#key(key) : this.#click(event);
    this.#stale ||= locked || step.form !== this.#form;
    this.#form = step.form;
    return this.#outcome(step.decision);
  }

  /** Enter or a click takes an option; wheels and arrows move the selection. */
  #choose(view: Extract<LobbyView, { kind: 'choice' }>, key: Key | null, event: InputEvent): LobbyOutcome | null {
    const action = key?.kind === 'action' ? key.action : wheelKey(event);
    if (action === 'escape') return { kind: 'cancel' };
    if (action === 'enter') return { kind: 'choose', option: this.#choice.selected };
    if (action) {
      const moved = keyInChoice(this.#choice, action, view.options.length, linesOf(view, this.#area));
      this.#stale ||= moved !== this.#choice;
      this.#choice = moved;
      return null;
    }
    const spot = this.#spotAt(event);
    if (spot?.name === 'cancel') return { kind: 'cancel' };
    return spot?.option === undefined ? null : { kind: 'choose', option: spot.option };
  }

  #key(key: Key): FormStep {
    const view = this.#view;
    const unchanged = { form: this.#form, decision: null };
    if (view?.kind === 'sign-in' && view.busy === null) return keyInForm(this.#form, key, view.cancel !== null);
    if (key.kind !== 'action') return unchanged;
    if (key.action === 'escape' || (key.action === 'enter' && view?.kind === 'message'))
      return { form: this.#form, decision: 'cancel' };
    return unchanged;
  }

  #click(event: InputEvent): FormStep {
    const form = this.#form;
    const spot = this.#spotAt(event);
    if (!spot) return { form, decision: null };
    if (spot.name === 'cancel') return { form, decision: 'cancel' };
    if (this.#view?.kind !== 'sign-in' || this.#view.busy !== null) return { form, decision: null };
    if (spot.name === 'submit')
      return keyInForm({ ...form, focus: 'submit' }, { kind: 'action', action: 'enter' }, true);
    if (spot.name === 'option') return { form, decision: null };
    return { form: { ...form, focus: spot.name }, decision: null };
  }

  /** What the left button was pressed on. */
  #spotAt(event: InputEvent): Hotspot | null {
    if (event.kind !== 'mouse' || event.button !== 'left' || !event.pressed) return null;
    this.#draw();
    const [x, y] = [Math.floor(event.x / this.#scale), Math.floor(event.y / this.#scale)];
    return (
      this.#hotspots.find((one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height) ?? null
    );
  }

  #outcome(decision: FormDecision | null): LobbyOutcome | null {
    if (decision === null) return null;
    if (decision === 'cancel') return { kind: 'cancel' };
    return { kind: 'sign-in', user: textOf(this.#form.user), password: textOf(this.#form.password) };
  }

  takeChanges(): readonly Tile[] {
    this.#draw();
    const tiles = this.#canvas.takeChanges();
    return this.#scale === 1 ? tiles : tiles.map((tile) => doubled(tile, this.#desktop));
  }

  repaint(): void {
    this.#canvas.repaint();
  }

  clearPassword(): void {
    this.#form = withoutPassword(this.#form);
    this.#stale = true;
  }
}

/** Turning a wheel is pressing an arrow. */
function wheelKey(event: InputEvent): 'up' | 'down' | null {
  if (event.kind !== 'mouse' || event.wheel === 0) return null;
  return event.wheel > 0 ? 'up' : 'down';
}

/** A lobby for a desktop of this size; `show` something before its tiles are taken. */
export const createLobby = (options: LobbyOptions): Lobby => new LobbyScreen(options);
