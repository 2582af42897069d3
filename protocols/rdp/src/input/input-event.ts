/** What a user did, as the client sent it ([MS-RDPBCGR] 2.2.8.1.1.3 and 2.2.8.1.2.2). Positions are pixels of the desktop. */
export type InputEvent =
  /** A key by its place: scan code of set 1, `extended` for those behind E0 (or E1). */
  | {
      readonly kind: 'key';
      readonly code: number;
      readonly extended: boolean;
      readonly extended1: boolean;
      readonly released: boolean;
    }
  /** One UTF-16 unit that the client's own input method made. */
  | { readonly kind: 'unicode'; readonly unit: number; readonly released: boolean }
  | {
      readonly kind: 'mouse';
      readonly x: number;
      readonly y: number;
      /** What changed: a button, or null for a move or the wheel. */
      readonly button: 'left' | 'right' | 'middle' | null;
      readonly pressed: boolean;
      /** Notches away from the user; 0 for none. */
      readonly wheel: number;
    }
  /** The state of the lock keys when the client's window got the focus. */
  | { readonly kind: 'locks'; readonly capsLock: boolean; readonly numLock: boolean; readonly scrollLock: boolean };
