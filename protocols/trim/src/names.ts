import { TrimError } from './trim-error.ts';

const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const digestPattern = /^[0-9a-f]{64}$/;
const maxVersion = 2 ** 31 - 1;

/** Whether `value` may name an image, a channel or a capability. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && namePattern.test(value) && !value.includes('..');
}

/** `value` as a name; throws `trim.name` when it is none. `what` says in the message what it should name. */
export function checkName(value: unknown, what: string): string {
  if (!isName(value)) throw new TrimError('trim.name', `${what} is not a valid name: ${shown(value)}`);
  return value;
}

/** `value` as a version number (1 to 2^31 - 1); throws `trim.name`. */
export function checkVersion(value: unknown, what = 'version'): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > maxVersion)
    throw new TrimError('trim.name', `${what} is not a version number: ${shown(value)}`);
  return value;
}

/** `value` as a sha256 in lower-case hex; throws `trim.name`. */
export function checkDigest(value: unknown, what: string): string {
  if (typeof value !== 'string' || !digestPattern.test(value))
    throw new TrimError('trim.name', `${what} is not a sha256 in hex: ${shown(value)}`);
  return value;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}
