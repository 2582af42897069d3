import type { IncomingMessage } from 'node:http';
import type { Audit } from '../audit.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Authenticator } from './authenticator.ts';
import type { BackOff } from './back-off.ts';
import { readBasic } from './basic.ts';
import { type ConnectionState, verdictMs } from './connection-state.ts';

/** What a request's headers say about its sender. */
export type Verdict =
  /** The connection's user; `headers` go along with the answer. */
  | { readonly kind: 'known'; readonly fresh: boolean; readonly challenge: string | null }
  | { readonly kind: 'unknown'; readonly challenges: readonly string[] };

/** Everybody who can judge, and what slows down guessing. */
export interface Gate {
  readonly settings: SettingsStore;
  readonly authenticators: readonly Authenticator[];
  readonly backOff: BackOff;
  readonly audit: Audit;
}

const challengesOn = (gate: Gate, connection: ConnectionState): Verdict => ({
  kind: 'unknown',
  challenges: gate.authenticators.map((one) => one.challenge(connection)).filter((one) => one !== null),
});

const known: Verdict = { kind: 'known', fresh: false, challenge: null };

/** Whether what the logon was judged by is still so: after a change of the settings it may be refused now. */
function stillGood({ settings }: Gate, connection: ConnectionState): boolean {
  const { current } = settings;
  if (connection.judgedUnder === current) return true;
  // A header that comes with every request is judged again; of several steps only the first asks whether they may be gone.
  if (connection.authorization !== null || connection.authenticator?.challenge(connection) === null) return false;
  connection.judgedUnder = current;
  return true;
}

/** The verdict that needs no work, which is that of nearly all requests: the connection has logged on, and the header is still the same. */
export function quickVerdict(
  gate: Gate,
  connection: ConnectionState,
  authorization: string | undefined,
): Verdict | null {
  if (!connection.user || !stillGood(gate, connection)) return null;
  // A logon of several steps is proved by the connection; a password travels with every request, and is judged again now and then.
  if (connection.authorization === null) return authorization === undefined ? known : null;
  return authorization === connection.authorization && Date.now() - connection.judgedAt < verdictMs ? known : null;
}

/** Judges a request's Authorization header, and binds a logon to the connection. */
export async function authenticate(
  gate: Gate,
  connection: ConnectionState,
  request: IncomingMessage,
): Promise<Verdict> {
  const { authorization } = request.headers;
  const quick = quickVerdict(gate, connection, authorization);
  if (quick) return quick;
  connection.forget();
  if (authorization === undefined) return challengesOn(gate, connection);
  const space = authorization.indexOf(' ');
  const scheme = (space < 0 ? authorization : authorization.slice(0, space)).toLowerCase();
  const credentials = space < 0 ? '' : authorization.slice(space + 1).trim();
  const found = gate.authenticators.find((one) => one.scheme.toLowerCase() === scheme && one.challenge(connection));
  if (!found) return challengesOn(gate, connection);
  const claimed = scheme === 'basic' ? (readBasic(credentials)?.name ?? '') : '';
  const refuse = (name: string, challenge?: string): Verdict => {
    gate.backOff.failed(name, connection.address);
    gate.audit({ kind: 'logon-refused', user: name, scheme: found.scheme, address: connection.address });
    return challenge ? { kind: 'unknown', challenges: [challenge] } : challengesOn(gate, connection);
  };
  if (gate.backOff.waits(claimed, connection.address)) return challengesOn(gate, connection);
  const settings = gate.settings.current;
  const result = await found.authenticate(connection, credentials);
  if (result.kind === 'refused') return refuse(result.name, result.challenge);
  if (result.kind === 'continue') return { kind: 'unknown', challenges: [result.challenge] };
  if (gate.backOff.waits(result.user.name, connection.address)) return challengesOn(gate, connection);
  gate.backOff.succeeded(claimed || result.user.name, connection.address);
  const everyTime = scheme === 'basic' || scheme.startsWith('http');
  connection.accept(result, everyTime ? authorization : null, found, settings);
  gate.audit({ kind: 'logon', user: result.user.name, scheme: found.scheme, address: connection.address });
  return { kind: 'known', fresh: true, challenge: result.token ?? null };
}
