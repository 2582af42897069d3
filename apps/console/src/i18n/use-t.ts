import { useTranslation } from 'react-i18next';

/** The texts of the current language. */
export const useT = () => useTranslation().t;
/** The current language's code, for Intl. */
export const useLocale = () => useTranslation().i18n.language;
