import type { Tile } from '../drawing/tile.ts';
import type { InputEvent } from '../input/input-event.ts';
import { createKeyboard, type Key, type Keyboard, press } from '../keyboard/keyboard.ts';
import { boundedDesktop, type DesktopSize } from '../share/bounded-desktop.ts';
import { Canvas } from './canvas.ts';
import type { Hotspot } from './card.ts';
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
    if (view.kind === 'message') return messagePicture(view, this.#area);
    return signInPicture(view, this.#form, this.#keyboard.capsLock, this.#area);
  }

  input(event: InputEvent): LobbyOutcome | null {
    const { keyboard, key } = press(this.#keyboard, event);
    const locked = keyboard.capsLock !== this.#keyboard.capsLock;
    this.#keyboard = keyboard;
    const step = key ? this.#key(key) : this.#click(event);
    this.#stale ||= locked || step.form !== this.#form;
    this.#form = step.form;
    return this.#outcome(step.decision);
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
    if (event.kind !== 'mouse' || event.button !== 'left' || !event.pressed) return { form, decision: null };
    this.#draw();
    const [x, y] = [Math.floor(event.x / this.#scale), Math.floor(event.y / this.#scale)];
    const spot = this.#hotspots.find(
      (one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height,
    );
    if (!spot) return { form, decision: null };
    if (spot.name === 'cancel') return { form, decision: 'cancel' };
    if (this.#view?.kind !== 'sign-in' || this.#view.busy !== null) return { form, decision: null };
    if (spot.name === 'submit')
      return keyInForm({ ...form, focus: 'submit' }, { kind: 'action', action: 'enter' }, true);
    return { form: { ...form, focus: spot.name }, decision: null };
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

/** A lobby for a desktop of this size; `show` something before its tiles are taken. */
export const createLobby = (options: LobbyOptions): Lobby => new LobbyScreen(options);
