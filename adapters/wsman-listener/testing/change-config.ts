import { element, ns, type WsmanAnswer, type XmlElement } from '@atelier/wsman';
import { type AskOptions, ask } from './ask.ts';

/** Values of a part of the settings, and parts within it. */
export interface ConfigValues {
  readonly [name: string]: string | number | boolean | ConfigValues;
}

const written = (name: string, values: ConfigValues): XmlElement =>
  element(
    ns.config,
    name,
    null,
    ...Object.entries(values).map(([key, value]) =>
      typeof value === 'object' ? written(key, value) : element(ns.config, key, null, String(value)),
    ),
  );

/** Puts values into a part of the settings over the network: `changeConfig(agent.http, 'Service', { MaxConnections: 5 })`. */
export function changeConfig(
  url: string,
  part: string,
  values: ConfigValues,
  options: AskOptions = {},
): Promise<WsmanAnswer> {
  const resource = { resourceUri: part === '' ? ns.config : `${ns.config}/${part}`, selectors: [] };
  const body = written(part.split('/').at(-1) || 'Config', values);
  return ask(url, { kind: 'put', body }, { ...options, resource });
}
