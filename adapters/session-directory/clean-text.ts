/** What clients and hosts call things, so that PostgreSQL takes it as text and as JSON: no NUL, no half letters, not endless. */
export const cleanText = (text: string, longest = 256): string =>
  text.slice(0, longest).toWellFormed().replaceAll('\0', '');

/** The name of a user or a session, as hosts tell it: a text without control characters, which no name has and terminals obey. */
export const cleanName = (text: string): string => cleanText(text).replaceAll(/\p{Cc}/gu, '');

const longestPart = 4000;

/** A value as JSON of clean texts. */
export function cleanJson(value: unknown): string {
  const text = JSON.stringify(value);
  // Nothing in it is too long, and what must not be there would be written with an escape.
  if (text.length <= longestPart && !text.includes('\\u')) return text;
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? cleanText(part, longestPart) : part,
  );
}
