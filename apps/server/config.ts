import { hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/** Everything that a server is told at its start. */
export interface ServerConfig {
  /** Folder for keys, the private database and everything else that must survive. */
  readonly stateDir: string;
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** A database that somebody else runs; undefined means a private one in `stateDir`. */
  readonly databaseUrl: string | undefined;
  /** Address under which people and endpoints reach this server; undefined means `https://<host name>:<port>`. */
  readonly publicUrl: string | undefined;
  /** More names or addresses for the server's own certificate. */
  readonly names: readonly string[];
  /** Files (PEM) of a certificate by another authority, with its key; undefined means one from the own authority. */
  readonly tlsCertificate: string | undefined;
  readonly tlsKey: string | undefined;
  /** Folder with the built console; undefined means the one beside this app. */
  readonly consoleDir: string | undefined;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** File that the log is appended to; undefined means standard error. */
  readonly logFile: string | undefined;
  /** Prepare the sample workspace at the first start. */
  readonly sample: boolean;
  /** Folder where the sample's parts are kept for further servers; undefined means: in `stateDir`, until it is ready. */
  readonly sampleCache: string | undefined;
  /** Plain web servers or CDNs with the repository's files, for endpoints; undefined leaves what was told before. */
  readonly repositoryMirrors:
    | { readonly baseUrls: readonly string[]; readonly authentication: 'none' | 'basic' | 'client-certificate' }
    | undefined;
  /** File with `user:password` for mirrors with `basic`; it is taken over into the database, sealed, and may then go. */
  readonly repositoryPasswordFile: string | undefined;
  /** How many tasks run at once on this server. */
  readonly taskConcurrency: number;
}

const defaultStateDir = (): string =>
  process.getuid?.() === 0
    ? '/var/lib/atelier'
    : join(process.env.XDG_STATE_HOME ?? join(userInfo().homedir, '.local', 'state'), 'atelier');

const portFrom = (text: string | undefined): number => {
  if (text === undefined || text === '') return 8443;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`ATELIER_PORT is ${text}, which is not a port: give a number from 0 to 65535`);
  return port;
};

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
const logLevelFrom = (text: string | undefined): ServerConfig['logLevel'] => {
  const level = logLevels.find((one) => one === (text || 'info'));
  if (!level) throw new TypeError(`ATELIER_LOG is ${text}, which is not one of ${logLevels.join(', ')}`);
  return level;
};

const authentications = ['none', 'basic', 'client-certificate'] as const;
/** `none` as the list of addresses takes all mirrors away again. */
function mirrorsFrom(urls: string | undefined, asked: string | undefined): ServerConfig['repositoryMirrors'] {
  if (!urls) return undefined;
  const authentication = authentications.find((one) => one === (asked || 'none'));
  if (!authentication)
    throw new TypeError(`ATELIER_REPOSITORY_AUTH is ${asked}, which is not one of ${authentications.join(', ')}`);
  const baseUrls = urls === 'none' ? [] : urls.split(',').map((url) => url.trim());
  const bad = baseUrls.find((url) => !/^https?:$/.test(URL.parse(url)?.protocol ?? ''));
  if (bad !== undefined) throw new TypeError(`ATELIER_REPOSITORY_URLS has ${bad}, which is not an address`);
  return { baseUrls, authentication };
}

/**
 * The configuration from explicit values first, then the environment (ATELIER_STATE, ATELIER_HOST, ATELIER_PORT,
 * ATELIER_DATABASE_URL, ATELIER_PUBLIC_URL, ATELIER_NAMES, ATELIER_TLS_CERT, ATELIER_TLS_KEY, ATELIER_CONSOLE,
 * ATELIER_SAMPLE (yes), ATELIER_SAMPLE_CACHE, ATELIER_REPOSITORY_URLS (separated by commas, or `none`), ATELIER_REPOSITORY_AUTH,
 * ATELIER_REPOSITORY_PASSWORD_FILE, ATELIER_LOG, ATELIER_LOG_FILE, ATELIER_TASKS), then defaults. Listens on this machine
 * only unless an address is given.
 *
 * @throws TypeError when a value cannot be used; the message names the variable
 */
export function serverConfig(
  explicit: Partial<ServerConfig> = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): ServerConfig {
  const given = Object.fromEntries(Object.entries(explicit).filter(([, value]) => value !== undefined));
  const fromEnv: ServerConfig = {
    stateDir: resolve(env.ATELIER_STATE || (explicit.stateDir ?? defaultStateDir())),
    host: env.ATELIER_HOST || '127.0.0.1',
    port: portFrom(env.ATELIER_PORT),
    databaseUrl: env.ATELIER_DATABASE_URL || undefined,
    publicUrl: env.ATELIER_PUBLIC_URL?.replace(/\/+$/, '') || undefined,
    names: (env.ATELIER_NAMES ?? '').split(',').filter((name) => name !== ''),
    tlsCertificate: env.ATELIER_TLS_CERT || undefined,
    tlsKey: env.ATELIER_TLS_KEY || undefined,
    consoleDir: env.ATELIER_CONSOLE || undefined,
    logLevel: logLevelFrom(env.ATELIER_LOG),
    logFile: env.ATELIER_LOG_FILE || undefined,
    sample: env.ATELIER_SAMPLE === 'yes',
    sampleCache: env.ATELIER_SAMPLE_CACHE || undefined,
    repositoryMirrors: mirrorsFrom(env.ATELIER_REPOSITORY_URLS, env.ATELIER_REPOSITORY_AUTH),
    repositoryPasswordFile: env.ATELIER_REPOSITORY_PASSWORD_FILE || undefined,
    taskConcurrency: Math.max(1, Math.min(16, Number(env.ATELIER_TASKS) || 2)),
  };
  const merged = { ...fromEnv, ...given } as ServerConfig;
  if ((merged.tlsCertificate === undefined) !== (merged.tlsKey === undefined))
    throw new TypeError('ATELIER_TLS_CERT and ATELIER_TLS_KEY belong together: give both or none');
  return { ...merged, stateDir: resolve(merged.stateDir) };
}

/** The name under which this machine is known, for certificates and addresses. */
export const ownHostName = (): string => hostname().toLowerCase();
