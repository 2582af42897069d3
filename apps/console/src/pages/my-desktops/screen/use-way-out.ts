import { type RefObject, useEffect } from 'react';

/** What browsers of Chromium's kind can do in full screen: give a page the keys that they keep for themselves. */
interface KeyboardLock {
  lock(codes?: readonly string[]): Promise<void>;
  unlock(): void;
}
const keyboardOf = (all: Navigator) => (all as { readonly keyboard?: Partial<KeyboardLock> }).keyboard;

/**
 * Inside of the desktop every key belongs to it: Ctrl+Alt+Shift, all three, bring the keyboard to `first`. In full screen also Esc, Tab with Alt and the
 * Windows key go to the desktop where the browser lets them; holding Esc leaves.
 */
export function useWayOut(first: RefObject<HTMLElement | null>, full: boolean): void {
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.altKey || !event.shiftKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      // IronRDP lets go of all keys when the window loses the focus.
      window.dispatchEvent(new Event('blur'));
      first.current?.focus();
    };
    window.addEventListener('keydown', leave, true);
    return () => window.removeEventListener('keydown', leave, true);
  }, [first]);
  useEffect(() => {
    if (!full) return;
    const keyboard = keyboardOf(navigator);
    keyboard?.lock?.().catch(() => undefined);
    return () => keyboard?.unlock?.();
  }, [full]);
}
