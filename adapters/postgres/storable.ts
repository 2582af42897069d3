/**
 * Text that PostgreSQL can store: it refuses U+0000 and halves of surrogate pairs. Both become U+FFFD. What comes from
 * other machines goes through here, so that one odd character does not hold up a whole batch for ever.
 */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd');

const deepest = 64;

/** A JSON value with {@link storableText} applied to every text in it, names of members included, and nothing below 64 levels. */
export function storableJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storableText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= deepest) return '…';
  if (Array.isArray(value)) return value.map((member) => storableJson(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [storableText(name), storableJson(member, depth + 1)]),
  );
}
