import { CimError } from '../cim-error.ts';
import type { CimType } from '../cim-type.ts';
import type { CimScalar } from '../cim-value.ts';
import { coerceScalar } from '../coerce-value.ts';
import { readDateTime } from '../date-time.ts';
import { objectPathText } from './object-path.ts';
import type { WqlLiteral } from './query.ts';

/** Values that have an order: text compares without case. */
export type Comparable = string | number | bigint | boolean;

/** A value in the form that is compared; null for null and for embedded instances. */
export function comparableOf(value: CimScalar): Comparable | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return value;
  if (value.kind === 'datetime') return readDateTime(value.text).micros;
  return value.kind === 'reference' ? objectPathText(value) : null;
}

/** Negative, zero or positive; null when the two cannot be compared. */
export function orderOf(a: Comparable, b: Comparable): number | null {
  if (typeof a === 'string' || typeof b === 'string') {
    const left = String(a).toLowerCase();
    const right = String(b).toLowerCase();
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const left = typeof a === 'boolean' ? Number(a) : a;
  const right = typeof b === 'boolean' ? Number(b) : b;
  if (Number.isNaN(left) || Number.isNaN(right)) return null;
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number of the same value with == only.
  return left < right ? -1 : left == right ? 0 : 1;
}

const same = (text: string): string => text.replaceAll(/\s*([=,.])\s*/g, '$1').replace(/^.*:(?=[A-Za-z_]\w*[.=])/, '');

/** How a literal compares with values of a type. Throws `CimError` of kind `query` for a literal that such a property can never hold. */
export function compareLiteral(
  type: CimType,
  literal: WqlLiteral,
  position: number,
): (value: CimScalar) => number | null {
  const fail = (cause?: unknown): never => {
    throw new CimError(
      'query',
      `"${String(literal).slice(0, 60)}" cannot be compared with a ${type} (character ${position + 1})`,
      position,
      {
        cause,
      },
    );
  };
  if (literal === null) return fail();
  let wanted: Comparable;
  if (type === 'string' || type === 'char16')
    wanted = typeof literal === 'boolean' ? (literal ? 'TRUE' : 'FALSE') : String(literal);
  else if (type === 'reference') wanted = same(String(literal));
  else if (type === 'instance') return fail();
  else if (type === 'datetime')
    try {
      wanted = readDateTime(String(literal)).micros;
    } catch (error) {
      return fail(error);
    }
  else if (typeof literal === 'string' || type === 'boolean')
    try {
      wanted = coerceScalar(
        typeof literal === 'string' && type !== 'boolean' ? looser(type) : type,
        literal,
      ) as Comparable;
    } catch (error) {
      return fail(error);
    }
  else wanted = typeof literal === 'boolean' ? BigInt(literal) : literal;
  return (value) => {
    const own = comparableOf(value);
    if (own === null) return null;
    return orderOf(type === 'reference' ? same(String(own)) : own, wanted);
  };
}

/** A number in quotes may lie outside of the property's range: it is compared, not stored. */
const looser = (type: CimType): CimType =>
  type.startsWith('uint') || type.startsWith('sint') ? (type.startsWith('u') ? 'uint64' : 'sint64') : type;
