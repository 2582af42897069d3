import { usageFailure } from '../failure/cli-failure.ts';

/** A command line in WinRM's grammar: words, switches `-name:value`, and one set of values `@{a="b";c="d"}`. */
export interface CommandWords {
  readonly words: readonly string[];
  /** By name in lower case; '' for a switch without value. */
  readonly switches: ReadonlyMap<string, string>;
  readonly values: Readonly<Record<string, string>> | null;
}

/** Reads `@{a="b";c="d"}`, also without quotes. */
export function readValueSet(text: string): Readonly<Record<string, string>> {
  const inner = /^@?\{(.*)\}$/s.exec(text.trim())?.[1];
  if (inner === undefined) throw usageFailure(`"${text}" is no set of values`, 'write @{Name="value";Other="value"}');
  const found: Record<string, string> = {};
  const one = /\s*([\w.:#*-]+)\s*=\s*(?:"((?:[^"]|"")*)"|'([^']*)'|([^;"']*?))\s*(?:;|$)/y;
  while (one.lastIndex < inner.length) {
    const match = one.exec(inner);
    if (!match) throw usageFailure(`"${text}" is no set of values`, 'write @{Name="value";Other="value"}');
    found[match[1]!] = match[2]?.replaceAll('""', '"') ?? match[3] ?? match[4] ?? '';
  }
  return found;
}

/** Long and short names of the same switch. */
const sameSwitch: Readonly<Record<string, string>> = {
  remote: 'r',
  username: 'u',
  user: 'u',
  password: 'p',
  auth: 'a',
  authentication: 'a',
  basepropertiesonly: 'basepropertiesonly',
  ssl: 'usessl',
};

/** Splits the arguments. What begins with `-` is a switch until the first word that is followed by `rest`. */
export function readCommandWords(args: readonly string[]): CommandWords {
  const words: string[] = [];
  const switches = new Map<string, string>();
  let values: Readonly<Record<string, string>> | null = null;
  for (const arg of args) {
    if (arg.startsWith('@{')) {
      if (values) throw usageFailure('there is more than one set of values');
      values = readValueSet(arg);
    } else if (/^-[A-Za-z?]/.test(arg)) {
      const colon = arg.indexOf(':');
      const name = (colon < 0 ? arg.slice(1) : arg.slice(1, colon)).toLowerCase();
      const known = sameSwitch[name] ?? name;
      if (switches.has(known)) throw usageFailure(`the switch -${name} stands twice`);
      switches.set(known, colon < 0 ? '' : arg.slice(colon + 1));
    } else words.push(arg);
  }
  return { words, switches, values };
}

/** Refuses switches that a command does not know: a misspelt one must not pass. */
export function checkSwitches(switches: ReadonlyMap<string, string>, known: readonly string[]): void {
  for (const name of switches.keys())
    if (!known.includes(name))
      throw usageFailure(`the switch -${name} is not known here`, 'add -? for what is possible');
}
