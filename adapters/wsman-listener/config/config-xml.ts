import { element, elementsOf, fault, ns, readBoolean, trimmedText, type XmlElement } from '@atelier/wsman';

/** A part of the configuration tree: values, and parts within it. */
export interface ConfigPart {
  readonly [name: string]: string | number | boolean | ConfigPart;
}

/** The part as XML: one element for each value, in the tree's order. */
export function writeConfig(name: string, part: ConfigPart): XmlElement {
  const children = Object.entries(part).map(([key, value]) =>
    typeof value === 'object' ? writeConfig(key, value) : element(ns.config, key, null, String(value)),
  );
  return element(ns.config, name, null, ...children);
}

const wrong = (name: string, why: string) => fault('invalidXmlValues', { reason: `the setting ${name} ${why}` });

function readValue(name: string, text: string, before: string | number | boolean): string | number | boolean {
  if (typeof before === 'string') {
    if (text.length > 4096) throw wrong(name, 'is too long');
    return text;
  }
  if (typeof before === 'boolean') return readBoolean(text) ?? fail(name, 'is neither true nor false');
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  const [least, most] = bounds[name] ?? [0, 4294967295];
  if (!(number >= least && number <= most)) throw wrong(name, `is no number from ${least} to ${most}`);
  return number;
}

function fail(name: string, why: string): never {
  throw wrong(name, why);
}

/** Bounds of numbers that are not any 32-bit ones. */
const bounds: Readonly<Record<string, readonly [least: number, most: number]>> = {
  MaxEnvelopeSizekb: [32, 1_000_000],
  MaxTimeoutms: [500, 86_400_000],
  MaxBatchItems: [1, 4294967295],
  MaxConcurrentOperations: [1, 4294967295],
  MaxConcurrentOperationsPerUser: [1, 4294967295],
  EnumerationTimeoutms: [500, 86_400_000],
  MaxConnections: [1, 1_000_000],
  MaxPacketRetrievalTimeSeconds: [1, 86_400],
  HTTP: [1, 65_535],
  HTTPS: [1, 65_535],
  IdleTimeout: [60_000, 2147483647],
  MaxConcurrentUsers: [1, 2147483647],
  MaxProcessesPerShell: [0, 2147483647],
  MaxMemoryPerShellMB: [0, 2147483647],
  MaxShellsPerUser: [0, 2147483647],
};

/** `part` with what the XML says; what it leaves out stays. Throws InvalidRepresentation for what the tree does not have, and for wrong values. */
export function readConfig<T>(part: T, body: XmlElement): T {
  const next: Record<string, unknown> = { ...(part as ConfigPart) };
  for (const one of elementsOf(body)) {
    if (one.ns !== ns.config)
      throw fault('invalidXmlNamespace', { reason: `the setting ${one.name} is in a wrong namespace` });
    const before = (part as ConfigPart)[one.name];
    if (before === undefined || !Object.hasOwn(next, one.name)) throw wrong(one.name, 'does not exist');
    next[one.name] =
      typeof before === 'object' ? readConfig(before, one) : readValue(one.name, trimmedText(one), before);
  }
  return next as T;
}
