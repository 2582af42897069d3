import { usageFailure } from '../failure/cli-failure.ts';

/** `name=value`: whole numbers, yes and no as what they are, else text. */
export function propertyOf(typed: string): readonly [string, string | number | boolean] {
  const at = typed.indexOf('=');
  if (at < 1) throw usageFailure(`${JSON.stringify(typed)} is no property`, 'give NAME=VALUE');
  const value = typed.slice(at + 1);
  if (/^-?\d{1,15}$/.test(value)) return [typed.slice(0, at), Number(value)];
  if (value === 'true' || value === 'false') return [typed.slice(0, at), value === 'true'];
  return [typed.slice(0, at), value];
}
