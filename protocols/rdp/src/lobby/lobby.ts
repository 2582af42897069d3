import type { Tile } from '../drawing/tile.ts';
import type { InputEvent } from '../input/input-event.ts';
import type { LobbyView } from './lobby-view.ts';

/** What the user decided. */
export type LobbyOutcome =
  | { readonly kind: 'cancel' }
  /** Which option of the choice, counted from 0. */
  | { readonly kind: 'choose'; readonly option: number }
  /** `user` as typed: `name`, `DOMAIN\name` or `name@domain`. Holds a password. */
  | { readonly kind: 'sign-in'; readonly user: string; readonly password: string };

/** The picture in the client's window while there is no desktop yet, and the form in it. No I/O, no clock. */
export interface Lobby {
  /** Shows `view`. What the user typed stays while the kind of view stays. */
  show(view: LobbyView): void;
  /** Tells what the user did; gives a decision when that was one. */
  input(event: InputEvent): LobbyOutcome | null;
  /** The tiles that changed since the last call, for `Acceptor.paint`. All of them the first time. */
  takeChanges(): readonly Tile[];
  /** Gives all tiles (or those in the areas) again next time: the client asked for a refresh. */
  repaint(): void;
  /** Forgets the password field, for instance after a refusal. */
  clearPassword(): void;
}

export interface LobbyOptions {
  readonly width: number;
  readonly height: number;
  /** Windows locale id of the client's keyboard: `ClientData.core.keyboardLayout`. */
  readonly keyboardLayout: number;
  /** `ClientData.core.desktopScaleFactor`: from 175 percent on everything is drawn twice as large, where there is room. */
  readonly scaleFactor?: number;
  /** What stands in the user field at first; '' for nothing. */
  readonly user?: string;
}
