import { CimError } from '../cim-error.ts';
import type { CimReference } from '../cim-value.ts';
import type { ClassRegistry } from '../class-registry.ts';
import { coerceScalar, keyText } from '../coerce-value.ts';
import type { ObjectPath } from './query.ts';
import { readQuoted } from './tokenize.ts';

const head = /^\s*(?:(?:\\\\|\/\/)[\w.-]+[\\/])?(?:([\w.\\/-]+):)?([A-Za-z_][\w]*)\s*/;

/** Reads WMI's object path. `offset` is where it stands in a query, for errors. Throws `CimError` of kind `query`. */
export function parseObjectPath(text: string, offset = 0): ObjectPath {
  const fail = (what: string, at: number): never => {
    throw new CimError('query', `${what} at character ${offset + at + 1}`, offset + at);
  };
  const found = head.exec(text);
  if (!found) return fail('an object path begins with a class', 0);
  const keys: Record<string, string | bigint | number | boolean> = {};
  let at = found[0].length;
  const spaces = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const value = (): string | bigint | number | boolean => {
    spaces();
    const first = text[at];
    if (first === '"' || first === "'") {
      const quoted = readQuoted(text, at);
      at = quoted.end;
      spaces();
      return quoted.text;
    }
    const word = /^[^,\s"'=]+/.exec(text.slice(at))?.[0];
    if (!word) return fail('a key has no value', at);
    at += word.length;
    spaces();
    if (/^(true|false)$/i.test(word)) return word.toLowerCase() === 'true';
    return /^-?\d{1,20}$/.test(word) ? BigInt(word) : word;
  };
  const result = { namespace: found[1] ?? null, className: found[2]!, keys };
  if (text[at] === '=') {
    at++;
    if (text.slice(at).trim() === '@') return result;
    keys[''] = value();
  } else if (text[at] === '.') {
    do {
      at++;
      spaces();
      const name = /^[A-Za-z_]\w*/.exec(text.slice(at))?.[0];
      if (!name) return fail('a key has no name', at);
      at += name.length;
      spaces();
      if (text[at] !== '=') return fail('"=" is missing', at);
      at++;
      keys[name] = value();
    } while (text[at] === ',');
  }
  spaces();
  if (at < text.length) return fail('something stands behind the object path', at);
  return result;
}

/** The reference that a path means: keys get their names, spelling and types from the class. Throws `CimError`. */
export function resolveObjectPath(path: ObjectPath, registry: ClassRegistry): CimReference {
  const type = registry.need(path.className);
  const keys: Record<string, string | number | bigint | boolean> = {};
  for (const [name, value] of Object.entries(path.keys)) {
    const property = name === '' ? (type.keys.length === 1 ? type.keys[0]! : null) : type.property(name);
    if (!property) throw new CimError('query', `${type.name} has no key ${name || 'of its own'}`);
    keys[property.name] =
      property.type === 'datetime' ? keyText(value) : (coerceScalar(property.type, value) as string);
  }
  return {
    kind: 'reference',
    ...(path.namespace === null ? {} : { namespace: path.namespace }),
    className: type.name,
    keys,
  };
}

/** WMI's text form of a reference. */
export function objectPathText(reference: CimReference): string {
  const keys = Object.entries(reference.keys).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? `"${value.replace(/[\\"]/g, '\\$&')}"` : String(value)}`,
  );
  return keys.length === 0 ? `${reference.className}=@` : `${reference.className}.${keys.join(',')}`;
}
