/** Layouts that hosts know, by language and country; the number is Windows' id (MS-LCID). */
export const keyboardLayouts: Readonly<Record<string, number>> = {
  'en-US': 0x0409,
  'en-GB': 0x0809,
  'da-DK': 0x0406,
  'de-DE': 0x0407,
  'de-CH': 0x0807,
  'es-ES': 0x040a,
  'es-MX': 0x080a,
  'fi-FI': 0x040b,
  'fr-FR': 0x040c,
  'fr-BE': 0x080c,
  'fr-CA': 0x0c0c,
  'fr-CH': 0x100c,
  'it-IT': 0x0410,
  'ja-JP': 0x0411,
  'ko-KR': 0x0412,
  'nl-BE': 0x0813,
  'nb-NO': 0x0414,
  'pl-PL': 0x0415,
  'pt-BR': 0x0416,
  'pt-PT': 0x0816,
  'ru-RU': 0x0419,
  'sv-SE': 0x041d,
};

/** Where the letters lie that tell families of keyboards apart: what the keys right of Tab and right of T write. */
export interface Letters {
  readonly KeyQ?: string | undefined;
  readonly KeyY?: string | undefined;
}

const family = (tag: string): string =>
  /^(fr-FR|fr-BE|nl-BE)$/.test(tag) ? 'a?' : /^(de-|fr-CH)/.test(tag) ? 'qz' : 'qy';
const usual: Readonly<Record<string, string>> = { 'a?': 'fr-FR', qz: 'de-DE', qy: 'en-US' };

/** The id of a layout by its tag. */
export const layoutOf = (tag: string): number => keyboardLayouts[tag] ?? 0;

/**
 * Which layout somebody has, by the languages that they prefer and, where the browser tells, by where letters lie: somebody who reads French may type on an
 * American keyboard.
 */
export function guessKeyboard(languages: readonly string[], { KeyQ, KeyY }: Letters): string {
  const tags = Object.keys(keyboardLayouts);
  const wanted = languages.flatMap((language) => {
    const [short] = language.split('-');
    const exact = tags.filter((tag) => tag.toLowerCase() === language.toLowerCase());
    return [...exact, ...tags.filter((tag) => tag.startsWith(`${short}-`))];
  });
  if (KeyQ === undefined) return wanted[0] ?? 'en-US';
  const seen = KeyQ === 'a' ? 'a?' : KeyY === 'z' ? 'qz' : 'qy';
  return wanted.find((tag) => family(tag) === seen) ?? usual[seen]!;
}
