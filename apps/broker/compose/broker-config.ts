import { hostname } from 'node:os';

/** What the broker is told at its start. */
export interface BrokerConfig {
  readonly host: string;
  /** Null: no broker here. 0 takes a free port. */
  readonly port: number | null;
  /** Names and addresses by which clients reach the broker, for its certificate. */
  readonly names: readonly string[];
  readonly nla: boolean;
  /** Path of a keytab with keys of TERMSRV/name: NLA takes Kerberos, too. Null: it does not. */
  readonly keytab: string | null;
  /** The realm whose users are ours, by name. Null: those of the keytab. */
  readonly realm: string | null;
}

const usualPort = 3389;

function portFrom(text: string | undefined): number | null {
  if (text === undefined || text === '') return usualPort;
  if (text === 'off') return null;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new TypeError(`ATELIER_BROKER_PORT is ${text}: give a number from 0 to 65535, or "off"`);
}

/**
 * The configuration from explicit values first, then the environment (ATELIER_BROKER_PORT, ATELIER_BROKER_HOST or ATELIER_HOST,
 * ATELIER_BROKER_NAMES and ATELIER_NAMES, separated by commas, ATELIER_BROKER_NLA=off, ATELIER_BROKER_KEYTAB, ATELIER_BROKER_REALM), then defaults: port 3389, this machine only.
 *
 * @throws TypeError when a value cannot be used; the message names the variable
 */
export function brokerConfig(
  explicit: { readonly [Key in keyof BrokerConfig]?: BrokerConfig[Key] | undefined } = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): BrokerConfig {
  const listed = (text: string | undefined) =>
    (text ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const host = explicit.host ?? (env.ATELIER_BROKER_HOST || env.ATELIER_HOST || '127.0.0.1');
  const all = host === '0.0.0.0' || host === '::' || host === '';
  const names = [
    ...listed(env.ATELIER_BROKER_NAMES),
    ...listed(env.ATELIER_NAMES),
    ...(explicit.names ?? []),
    hostname(),
    'localhost',
    '127.0.0.1',
    ...(all ? [] : [host]),
  ];
  return {
    host,
    port: explicit.port === undefined ? portFrom(env.ATELIER_BROKER_PORT) : explicit.port,
    names: [...new Set(names.map((name) => name.toLowerCase()))],
    nla: explicit.nla ?? env.ATELIER_BROKER_NLA !== 'off',
    keytab: explicit.keytab ?? (env.ATELIER_BROKER_KEYTAB || null),
    realm: explicit.realm ?? (env.ATELIER_BROKER_REALM || null),
  };
}
