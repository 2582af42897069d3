import { english } from './messages-english.ts';
import { french } from './messages-french.ts';

/** The sentence that belongs to a number, in the language of a tag like `fr-FR`; English for other languages. Null for a number without one. */
export function messageText(number: number, language: string): string | null {
  const translated = /^fr(?![a-z])/i.test(language) ? french[number] : undefined;
  return translated ?? english[number] ?? null;
}

/** Every number that the catalogue has a sentence for. */
export const messageNumbers: readonly number[] = Object.keys(english).map(Number);
