import type { IncomingMessage } from 'node:http';
import type { Audit } from '../audit.ts';
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
  readonly authenticators: readonly Authenticator[];
  readonly backOff: BackOff;
  readonly audit: Audit;
}

const challengesOn = (gate: Gate, connection: ConnectionState): Verdict => ({
  kind: 'unknown',
  challenges: gate.authenticators.map((one) => one.challenge(connection)).filter((one) => one !== null),
});

const known: Verdict = { kind: 'known', fresh: false, challenge: null };

/** The verdict that needs no work, which is that of nearly all requests: the connection has logged on, and the header is still the same. */
export function quickVerdict(connection: ConnectionState, authorization: string | undefined): Verdict | null {
  if (!connection.user) return null;
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
  const quick = quickVerdict(connection, authorization);
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
  const result = await found.authenticate(connection, credentials);
  if (result.kind === 'refused') return refuse(result.name, result.challenge);
  if (result.kind === 'continue') return { kind: 'unknown', challenges: [result.challenge] };
  if (gate.backOff.waits(result.user.name, connection.address)) return challengesOn(gate, connection);
  gate.backOff.succeeded(claimed || result.user.name, connection.address);
  const everyTime = scheme === 'basic' || scheme.startsWith('http');
  connection.accept(result.user, everyTime ? authorization : null, result.sealing ?? null);
  gate.audit({ kind: 'logon', user: result.user.name, scheme: found.scheme, address: connection.address });
  return { kind: 'known', fresh: true, challenge: result.token ?? null };
}
