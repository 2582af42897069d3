import { AtelierError } from '@atelier/domain/errors';

/** How to reach one database. `host` is a name, an address, or the folder of a Unix socket. */
export interface PostgresConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  /** `disable` for the private socket; otherwise as in the URL. */
  readonly sslMode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** File with the certificate authorities that are trusted for TLS; undefined means the system's. */
  readonly sslRootCert?: string | undefined;
}

const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

/**
 * Reads `postgresql://user:password@host:port/database?sslmode=…&sslrootcert=…`; the folder of a Unix socket is given as `?host=/folder`.
 * Without `sslmode`, a Unix socket or this machine itself is reached in clear and any other host with `verify-full`.
 *
 * @throws AtelierError `database.bad-url`; the message never repeats the password
 */
export function parseDatabaseUrl(text: string): PostgresConnection {
  const bad = (what: string) => new AtelierError('database.bad-url', `the database URL ${what}`);
  let url: URL;
  // `user@/database?host=…` is what PostgreSQL itself writes for a socket, but no URL to the parser.
  const unnamed = /^(postgres(?:ql)?:\/\/[^/?#]*@)(?=\/)/;
  try {
    url = new URL(text.replace(unnamed, '$1unnamed'));
  } catch {
    throw bad('cannot be parsed');
  }
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') throw bad('does not start with postgresql://');
  const host = url.searchParams.get('host') ?? (unnamed.test(text) ? '' : decodeURIComponent(url.hostname));
  if (host === '') throw bad('names no host');
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '') throw bad('names no database');
  const user = decodeURIComponent(url.username);
  if (user === '') throw bad('names no user');
  const local = host.startsWith('/') || host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
  const asked = url.searchParams.get('sslmode') ?? (local ? 'disable' : 'verify-full');
  const sslMode = sslModes.find((mode) => mode === asked);
  if (!sslMode) throw bad(`has the sslmode ${asked}, which is not one of ${sslModes.join(', ')}`);
  return {
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port: Number(url.port || url.searchParams.get('port') || 5432),
    user,
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    database,
    sslMode,
    sslRootCert: url.searchParams.get('sslrootcert') ?? undefined,
  };
}

/** The connection as environment variables for PostgreSQL's own programs, so that no password stands in an argument list. */
export function connectionEnvironment(connection: PostgresConnection): Record<string, string> {
  return {
    PGHOST: connection.host,
    PGPORT: String(connection.port),
    PGUSER: connection.user,
    PGDATABASE: connection.database,
    PGSSLMODE: connection.sslMode,
    PGCONNECT_TIMEOUT: '15',
    ...(connection.password === undefined ? {} : { PGPASSWORD: connection.password }),
    ...(connection.sslRootCert === undefined ? {} : { PGSSLROOTCERT: connection.sslRootCert }),
  };
}
