/** What clients and hosts call things, so that PostgreSQL takes it as text and as JSON: no NUL, no half letters, not endless. */
export const cleanText = (text: string, longest = 256): string =>
  text.slice(0, longest).toWellFormed().replaceAll('\0', '');

/** A value as JSON of clean texts. */
export const cleanJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? cleanText(part, 4000) : part));
