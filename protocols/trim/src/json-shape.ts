import { TrimError } from './trim-error.ts';

/** Parsed JSON whose fields are read one by one, each checked; anything unexpected is `trim.format`. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** `bytes` as one JSON object in strict UTF-8, at most `limit` bytes. */
export function parseJsonObject(bytes: Uint8Array, what: string, limit: number): JsonObject {
  if (bytes.length > limit)
    throw new TrimError('trim.limits', `${what} has ${bytes.length} bytes, ${limit} are allowed`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new TrimError('trim.format', `${what} is not JSON`, { cause });
  }
  return asObject(value, what);
}

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, 'an object');
  return value as JsonObject;
}

export function asArray(value: unknown, what: string, limit: number): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(what, 'a list');
  if (value.length > limit)
    throw new TrimError('trim.limits', `${what} has ${value.length} entries, ${limit} are allowed`);
  return value;
}

export function asText(value: unknown, what: string, limit = 256): string {
  if (typeof value !== 'string') throw wrong(what, 'text');
  if (value.length > limit)
    throw new TrimError('trim.limits', `${what} has ${value.length} characters, ${limit} are allowed`);
  return value;
}

/** A whole number from `low` to `high`, both allowed. */
export function asWhole(value: unknown, what: string, low: number, high: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(what, 'a whole number');
  if (value < low || value > high)
    throw new TrimError('trim.limits', `${what} is ${value}, allowed are ${low} to ${high}`);
  return value;
}

/** A moment as RFC 3339 in UTC; given back as it stands. */
export function asInstant(value: unknown, what: string): string {
  const text = asText(value, what, 40);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text) || Number.isNaN(Date.parse(text)))
    throw wrong(what, 'a moment in UTC such as 2026-11-21T03:00:00Z');
  return text;
}

function wrong(what: string, wanted: string): TrimError {
  return new TrimError('trim.format', `${what} is not ${wanted}`);
}
