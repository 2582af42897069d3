/** Milliseconds as people read them: a tenth below ten. */
export const formatMs = (ms: number, locale: string): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: ms < 10 ? 1 : 0 }).format(ms);
