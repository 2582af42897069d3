import { guessKeyboard, keyboardLayouts, type Letters } from './keyboard-layouts.ts';

const key = 'atelier.keyboard';

/** What only browsers of Chromium's kind tell: which letter each key writes. */
interface LayoutTeller {
  getLayoutMap(): Promise<ReadonlyMap<string, string>>;
}

let letters: Letters = {};

/** Asks the browser where letters lie, once; never fails. */
export async function learnKeyboard(): Promise<void> {
  const keyboard = (navigator as { readonly keyboard?: Partial<LayoutTeller> }).keyboard;
  const map = await keyboard?.getLayoutMap?.().catch(() => undefined);
  if (map) letters = { KeyQ: map.get('KeyQ'), KeyY: map.get('KeyY') };
}

/** The tag of the layout that was chosen, else guessed. */
export function currentKeyboard(): string {
  const chosen = localStorage.getItem(key) ?? '';
  return chosen in keyboardLayouts ? chosen : guessKeyboard(navigator.languages, letters);
}

/** Keeps a choice in this browser. */
export const chooseKeyboard = (tag: string): void => localStorage.setItem(key, tag);
