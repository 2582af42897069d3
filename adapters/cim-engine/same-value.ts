import {
  type CimInstance,
  type CimReference,
  type CimScalar,
  type CimValue,
  keyText,
  readDateTime,
} from '@atelier/cim';

/** Whether two references name the same instance; the namespace counts only when both tell it. Text of keys compares without case. */
export function sameReference(a: CimReference, b: CimReference): boolean {
  return a.className.toLowerCase() === b.className.toLowerCase() && sameKeys(a.keys, b.keys);
}

/** Whether two sets of keys are equal, whatever the spelling of their names. */
export function sameKeys(a: Readonly<Record<string, CimValue>>, b: Readonly<Record<string, CimValue>>): boolean {
  const left = Object.entries(a);
  const right = new Map(Object.entries(b).map(([name, value]) => [name.toLowerCase(), value]));
  return left.length === right.size && left.every(([name, value]) => sameValue(value, right.get(name.toLowerCase())));
}

function sameInstance(a: CimInstance, b: CimInstance): boolean {
  if (a.className.toLowerCase() !== b.className.toLowerCase()) return false;
  const names = new Set([...Object.keys(a.values), ...Object.keys(b.values)]);
  return [...names].every((name) => sameExactly(a.values[name], b.values[name]));
}

const text = (value: CimScalar, exact: boolean): string => {
  const one = keyText(value);
  return exact ? one : one.toLowerCase();
};

function same(a: CimValue | undefined, b: CimValue | undefined, exact: boolean): boolean {
  const left = a ?? null;
  const right = b ?? null;
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((one, index) => same(one as CimScalar, right[index] as CimScalar, exact));
  }
  const one = left as CimScalar;
  const other = right as CimScalar;
  if (one !== null && typeof one === 'object') {
    if (other === null || typeof other !== 'object' || one.kind !== other.kind) return false;
    if (one.kind === 'datetime')
      return readDateTime(one.text).micros === readDateTime((other as typeof one).text).micros;
    return one.kind === 'reference'
      ? sameReference(one, other as CimReference)
      : sameInstance(one, other as CimInstance);
  }
  return typeof other !== 'object' && text(one, exact) === text(other, exact);
}

/** Equal as keys are: text without case, numbers by value whatever their type. */
export const sameValue = (a: CimValue | undefined, b: CimValue | undefined): boolean => same(a, b, false);

/** Equal to the letter; null is the same as absent. */
export const sameExactly = (a: CimValue | undefined, b: CimValue | undefined): boolean => same(a, b, true);
