import type { ResourceProvider } from '@atelier/plugin-kit';
import {
  anonymous,
  type EndpointReference,
  elementsOf,
  fault,
  type ResourceReference,
  selectorValue,
  trimmedText,
  type XmlElement,
} from '@atelier/wsman';
import type { Audit } from '../audit.ts';
import { type ConfigPart, readConfig, writeConfig } from './config-xml.ts';
import type { ServiceSettings } from './listener-entry.ts';
import { needAdministrator } from './need-administrator.ts';
import type { SettingsStore } from './settings-store.ts';

/** A list of the settings whose rows are resources of their own. */
export interface ConfigTable<Row> {
  readonly uri: string;
  /** Name of the row's element. */
  readonly name: string;
  /** Names of the selectors that name one row. */
  readonly keys: readonly string[];
  readonly rows: (settings: ServiceSettings) => readonly Row[];
  readonly replace: (settings: ServiceSettings, rows: readonly Row[]) => ServiceSettings;
  /** The row's values, keys among them, as strings, numbers and booleans. */
  readonly write: (row: Row) => ConfigPart;
  /** What more a row shows that nobody sets. */
  readonly shown?: (row: Row, settings: ServiceSettings) => ConfigPart;
  /** A row from its values; throws the fault for impossible ones. */
  readonly read: (values: ConfigPart) => Row;
  readonly initial: ConfigPart;
  /** Names of elements that may come with a row, are never kept and never shown. */
  readonly secrets?: readonly string[];
  /** Refuses a row that is about to be stored; gets the secrets that came with it. */
  readonly check?: (row: Row, secrets: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<void>;
}

/** Get, Put, Create, Delete and Enumerate over the rows of one list. */
export function tableProvider<Row>(table: ConfigTable<Row>, settings: SettingsStore, audit: Audit): ResourceProvider {
  const matches = (row: Row, resource: ResourceReference) =>
    table.keys.every(
      (key) => String(table.write(row)[key]).toLowerCase() === selectorValue(resource, key)?.toLowerCase(),
    );
  const find = (rows: readonly Row[], resource: ResourceReference): number => {
    if (table.keys.some((key) => selectorValue(resource, key) === null)) throw fault('insufficientSelectors');
    const at = rows.findIndex((row) => matches(row, resource));
    if (at < 0) throw fault('unexpectedSelectors');
    return at;
  };
  const written = (row: Row) =>
    writeConfig(table.name, { ...table.write(row), ...table.shown?.(row, settings.current) });
  const reference = (row: Row): EndpointReference => ({
    address: anonymous,
    resourceUri: table.uri,
    selectors: table.keys.map((name) => ({ name, value: String(table.write(row)[name]) })),
  });
  const secretNames = table.secrets ?? [];
  /** What of the body is to be stored: what a row only shows, and its secrets, are not. */
  const storedOf = (body: XmlElement, row: Row | null): XmlElement => {
    const passed = [...secretNames, ...(row ? Object.keys(table.shown?.(row, settings.current) ?? {}) : [])];
    return { ...body, children: body.children.filter((one) => typeof one === 'string' || !passed.includes(one.name)) };
  };
  const secretsOf = (body: XmlElement | null): Readonly<Record<string, string>> =>
    Object.fromEntries(
      elementsOf(body ?? { ns: '', name: '', attributes: [], children: [] })
        .filter((one) => secretNames.includes(one.name))
        .map((one) => [one.name, trimmedText(one)]),
    );
  const changed = (user: string, address: string) =>
    audit({ kind: 'config-changed', user, resource: table.uri, address });

  return {
    name: 'configuration',
    resources: [
      { uri: table.uri, exact: true, capabilities: ['get', 'put', 'create', 'delete', 'enumerate'], options: [] },
    ],
    get: async (resource) => {
      const rows = table.rows(settings.current);
      return written(rows[find(rows, resource)]!);
    },
    async *enumerate() {
      for (const row of table.rows(settings.current)) yield { item: written(row), reference: reference(row) };
    },
    put: async (resource, body, context) => {
      needAdministrator(context);
      const changedRow = (rows: readonly Row[], at: number) =>
        table.read(readConfig(table.write(rows[at]!), storedOf(body, rows[at]!)));
      const now = table.rows(settings.current);
      await table.check?.(changedRow(now, find(now, resource)), secretsOf(body), context.signal);
      let after: Row | null = null;
      await settings.update((current) => {
        const rows = table.rows(current);
        const at = find(rows, resource);
        after = changedRow(rows, at);
        return table.replace(current, rows.with(at, after));
      });
      changed(context.user.name, context.clientAddress);
      return after && written(after);
    },
    create: async (resource, body, context) => {
      needAdministrator(context);
      const keys = Object.fromEntries(table.keys.map((key) => [key, selectorValue(resource, key)]));
      const missing = table.keys.find((key) => keys[key] === null);
      if (missing) throw fault('insufficientSelectors', { reason: `the selector ${missing} is missing` });
      const start = { ...table.initial, ...(keys as Record<string, string>) };
      const row = table.read(body ? readConfig(start, storedOf(body, null)) : start);
      await table.check?.(row, secretsOf(body), context.signal);
      await settings.update((current) => {
        const rows = table.rows(current);
        if (rows.some((one) => matches(one, resource))) throw fault('alreadyExists');
        return table.replace(current, [...rows, row]);
      });
      changed(context.user.name, context.clientAddress);
      return { reference: reference(row) };
    },
    delete: async (resource, context) => {
      needAdministrator(context);
      await settings.update((current) => {
        const rows = table.rows(current);
        return table.replace(current, rows.toSpliced(find(rows, resource), 1));
      });
      changed(context.user.name, context.clientAddress);
    },
  };
}
