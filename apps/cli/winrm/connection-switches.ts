import { existsSync, readFileSync } from 'node:fs';
import { type ConnectionOptions, type Credentials, Session, type Trust } from '@atelier/adapters/winrm-client';
import { usageFailure } from '../failure/cli-failure.ts';
import { askSecret, secretsFromInput } from '../terminal/ask.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Switches that say how to reach a host. */
export const connectionSwitches: readonly string[] = [
  'r',
  'u',
  'p',
  'a',
  'usessl',
  'port',
  'certificate',
  'skipcacheck',
  'skipcncheck',
  'skiprevocationcheck',
  'ca',
  'fingerprint',
  'encoding',
  'unencrypted',
  'timeout',
  'locale',
  'defaultcreds',
];

type Switches = ReadonlyMap<string, string>;
type Environment = Readonly<Record<string, string | undefined>>;

function file(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageFailure(`the ${what} "${path}" cannot be read: ${(cause as Error).message}`);
  }
}

/** Passwords come from the environment, from standard input (`-p:-`), or from a person; on the command line everybody can read them. */
async function password(switches: Switches, user: string, terminal: Terminal, env: Environment): Promise<string> {
  const given = switches.get('p');
  if (given === '-') return (await secretsFromInput(terminal, 1))[0]!;
  if (given) {
    terminal.err.write(
      'warning: a password on the command line can be read by everybody on this computer; leave -p: out to be asked\n',
    );
    return given;
  }
  if (env.ATELIER_WINRM_PASSWORD !== undefined) return env.ATELIER_WINRM_PASSWORD;
  return askSecret(
    terminal,
    `Password of ${user}`,
    'a password is needed: set ATELIER_WINRM_PASSWORD, or give it on standard input with -p:-',
  );
}

function ticketCache(env: Environment): string | null {
  const path = env.KRB5CCNAME?.replace(/^FILE:/, '') ?? `/tmp/krb5cc_${process.getuid?.() ?? 0}`;
  return existsSync(path) ? path : null;
}

async function credentials(switches: Switches, terminal: Terminal, env: Environment): Promise<Credentials> {
  const user = switches.get('u') ?? '';
  const kind =
    switches.get('a')?.toLowerCase() ??
    (switches.has('certificate') ? 'certificate' : user === '' ? 'kerberos' : 'negotiate');
  const named = () => {
    if (user === '') throw usageFailure(`-a:${kind} needs a user`, 'give one with -u:');
    return user;
  };
  switch (kind) {
    case 'none':
      return { kind };
    case 'basic':
    case 'negotiate':
    case 'credssp':
      return { kind, user: named(), password: await password(switches, user, terminal, env) };
    case 'kerberos': {
      const cache = user === '' ? ticketCache(env) : null;
      if (cache) return { kind, cache };
      if (user === '')
        throw usageFailure('nobody is named to log on as', 'give a user with -u:, or get a ticket with kinit');
      return { kind, user, password: await password(switches, user, terminal, env) };
    }
    case 'certificate': {
      const pem = file(switches.get('certificate') ?? '', 'certificate');
      return { kind, certificate: pem, key: pem };
    }
    default:
      throw usageFailure(
        `authentication "${kind}" is not known here`,
        'it is one of none, basic, negotiate, kerberos, certificate, credssp',
      );
  }
}

function trust(switches: Switches): Trust {
  const ca = switches.get('ca');
  const fingerprint = switches.get('fingerprint');
  return {
    ...(ca ? { authorities: file(ca, 'file of authorities') } : {}),
    ...(fingerprint ? { fingerprint } : {}),
    skipAuthority: switches.has('skipcacheck'),
    skipName: switches.has('skipcncheck'),
  };
}

function address(switches: Switches): string {
  const remote = switches.get('r') || 'localhost';
  const port = switches.get('port');
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw usageFailure(`"${port}" is no port`);
  if (/^https?:\/\//i.test(remote)) return remote;
  const scheme = switches.has('usessl') ? 'https' : 'http';
  return `${scheme}://${remote}${port ? `:${port}` : ''}`;
}

function encoding(switches: Switches): 'utf-8' | 'utf-16' {
  const wanted = switches.get('encoding')?.toLowerCase() ?? 'utf-8';
  if (wanted !== 'utf-8' && wanted !== 'utf-16')
    throw usageFailure(`the encoding "${wanted}" is not known`, 'it is utf-8 or utf-16');
  return wanted;
}

/** How the switches say that the host is reached. May ask a person for the password. */
export async function connectionFrom(
  switches: Switches,
  terminal: Terminal,
  env: Environment,
): Promise<ConnectionOptions> {
  const timeout = switches.get('timeout');
  if (timeout !== undefined && !/^[1-9]\d{0,9}$/.test(timeout)) throw usageFailure('-timeout: takes milliseconds');
  return {
    url: address(switches),
    trust: trust(switches),
    encoding: encoding(switches),
    allowUnencrypted: switches.has('unencrypted'),
    ...(timeout ? { operationTimeout: Number(timeout) } : {}),
    ...(switches.get('locale') ? { locale: switches.get('locale') } : {}),
    credentials: await credentials(switches, terminal, env),
  };
}

/** Does something with a session, and closes it. */
export async function withSession<T>(options: ConnectionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const session = new Session(options);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}
