import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Texts } from './en/index.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Texts };
  }
}

export const languages = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof languages;

const load = {
  en: async () => (await import('./en/index.ts')).en,
  fr: async () => (await import('./fr/index.ts')).fr,
};
const stored = 'atelier.language';

/** What the person chose here before, else the first of the browser's languages that we speak, else English. */
export function preferredLanguage(saved: string | null, wanted: readonly string[]): Language {
  const known = (name: string | null | undefined): name is Language => name === 'en' || name === 'fr';
  if (known(saved)) return saved;
  return wanted.map((one) => one.slice(0, 2).toLowerCase()).find(known) ?? 'en';
}

/** Loads a language's texts if need be, switches to it and remembers it. */
export async function setLanguage(language: Language, remember = true): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', await load[language]());
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  if (remember) localStorage.setItem(stored, language);
}

/** Starts i18next with the preferred language; the other one is loaded only when somebody switches. */
export async function startLanguage(): Promise<void> {
  const language = preferredLanguage(localStorage.getItem(stored), navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await load[language]() } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}
