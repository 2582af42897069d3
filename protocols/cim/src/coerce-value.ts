import type { CimProperty } from './cim-class.ts';
import { CimError } from './cim-error.ts';
import type { CimType } from './cim-type.ts';
import type { CimScalar, CimValue } from './cim-value.ts';
import { toDateTime } from './date-time.ts';

const ranges: Readonly<Partial<Record<CimType, readonly [bigint, bigint]>>> = {
  uint8: [0n, 0xffn],
  sint8: [-0x80n, 0x7fn],
  uint16: [0n, 0xffffn],
  sint16: [-0x8000n, 0x7fffn],
  uint32: [0n, 0xffff_ffffn],
  sint32: [-0x8000_0000n, 0x7fff_ffffn],
  uint64: [0n, 0xffff_ffff_ffff_ffffn],
  sint64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
};

const wrong = (type: CimType, value: unknown): never => {
  throw new CimError('type', `"${String(value).slice(0, 60)}" is no ${type}`);
};

function integer(type: CimType, value: unknown): number | bigint {
  let number: bigint;
  if (typeof value === 'bigint') number = value;
  else if (typeof value === 'number' && Number.isInteger(value)) number = BigInt(value);
  else if (typeof value === 'string' && /^\s*([+-]?\d{1,20}|0[xX][0-9a-fA-F]{1,16})\s*$/.test(value)) {
    const text = value.trim();
    number = BigInt(text.startsWith('+') ? text.slice(1) : text);
  } else return wrong(type, value);
  const [least, most] = ranges[type]!;
  if (number < least || number > most) return wrong(type, value);
  return number >= -9007199254740991n && number <= 9007199254740991n ? Number(number) : number;
}

const special: Readonly<Record<string, number>> = {
  INF: Infinity,
  '+INF': Infinity,
  '-INF': -Infinity,
  NaN: Number.NaN,
};

function real(type: CimType, value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return wrong(type, value);
  const text = value.trim();
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return Number(text);
  return special[text] ?? wrong(type, value);
}

function boolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const text = String(value).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : wrong('boolean', value);
}

const isObject = (value: unknown, kind: string): value is CimScalar =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === kind;

/** One value of a type, from text or from a value that is nearly right. Null stays null. Throws `CimError` of kind `type`. */
export function coerceScalar(type: CimType, value: unknown): CimScalar {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'boolean':
      return boolean(value);
    case 'real32':
    case 'real64':
      return real(type, value);
    case 'string':
      return typeof value === 'object' ? wrong(type, value) : String(value);
    case 'char16': {
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff)
        return String.fromCharCode(value);
      return typeof value === 'string' && value.length === 1 ? value : wrong(type, value);
    }
    case 'datetime':
      if (isObject(value, 'datetime')) return value;
      return typeof value === 'string' ? toDateTime(value) : wrong(type, value);
    case 'reference':
      return isObject(value, 'reference') ? value : wrong(type, value);
    case 'instance':
      return isObject(value, 'instance') ? value : wrong(type, value);
    default:
      return integer(type, value);
  }
}

/** A value for a property or parameter; a single value becomes an array where one is declared. Throws `CimError` of kind `type`. */
export function coerceValue(property: Pick<CimProperty, 'name' | 'type' | 'array'>, value: unknown): CimValue {
  try {
    if (property.array) {
      if (value === null || value === undefined) return null;
      return (Array.isArray(value) ? value : [value]).map((one) => coerceScalar(property.type, one));
    }
    if (Array.isArray(value)) {
      if (value.length > 1) return wrong(property.type, 'a list');
      return coerceScalar(property.type, value[0]);
    }
    return coerceScalar(property.type, value);
  } catch (error) {
    throw new CimError('type', `${property.name}: ${(error as Error).message}`, null, { cause: error });
  }
}

/** Text of a key, as it stands in selectors and object paths. */
export const keyText = (value: CimValue | undefined): string => {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  return 'kind' in value && value.kind === 'datetime' ? value.text : '';
};
