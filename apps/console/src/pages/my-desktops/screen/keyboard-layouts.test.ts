import { expect, it } from 'vitest';
import { guessKeyboard, keyboardLayouts, layoutOf } from './keyboard-layouts.ts';

it('guesses by language, and by where letters lie when the browser tells', () => {
  expect(guessKeyboard(['fr-CH', 'en'], {})).toBe('fr-CH');
  expect(guessKeyboard(['de', 'en'], {})).toBe('de-DE');
  expect(guessKeyboard(['xx'], {})).toBe('en-US');
  expect(guessKeyboard(['fr-FR', 'en-GB'], { KeyQ: 'q', KeyY: 'y' })).toBe('fr-CA');
  expect(guessKeyboard(['en-GB'], { KeyQ: 'a', KeyY: 'y' })).toBe('fr-FR');
  expect(guessKeyboard(['fr'], { KeyQ: 'q', KeyY: 'z' })).toBe('fr-CH');
  expect(guessKeyboard(['de-AT'], { KeyQ: 'q', KeyY: 'y' })).toBe('en-US');
});

it('has an id for each, which Intl can name', () => {
  const names = new Intl.DisplayNames('en', { type: 'language' });
  for (const tag of Object.keys(keyboardLayouts)) {
    expect(layoutOf(tag)).toBeGreaterThan(0x400);
    expect(names.of(tag)).not.toBe(tag);
  }
});
