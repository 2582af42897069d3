import { X509Certificate } from 'node:crypto';
import { createSecureContext, TLSSocket } from 'node:tls';
import { TlsTunnel, tunnelSealing } from '@atelier/adapters/tls-tunnel';
import { acceptCredSsp, type CredSsp, isSpnegoError, subjectPublicKey } from '@atelier/spnego';
import type { Accounts } from '../accounts.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { TlsIdentity } from '../http/http-edge.ts';
import type { AuthenticationResult, Authenticator } from './authenticator.ts';
import type { ConnectionState } from './connection-state.ts';
import { acceptorOptions } from './negotiate.ts';
import { provenUser } from './proven-user.ts';

const longestToken = 256 * 1024;
/** A logon takes five or six: two of TLS, two or three of the logon inside, one with the password. */
const mostLegs = 12;
const patienceMs = 60_000;

/** One logon of a connection. Its TLS outlives it: that seals the messages afterwards. */
class CredSspLogon {
  readonly tunnel: TlsTunnel;
  readonly exchange: CredSsp;
  readonly #until = Date.now() + patienceMs;
  #legs = 0;
  complete = false;
  /** Who it says that it is, before that is proved. */
  claimed = '';

  constructor(tunnel: TlsTunnel, exchange: CredSsp) {
    this.tunnel = tunnel;
    this.exchange = exchange;
  }

  /** Counts one more leg; gives false when there were too many, or the logon takes too long. */
  goesOn(): boolean {
    this.#legs++;
    return this.#legs <= mostLegs && Date.now() < this.#until;
  }

  close(): void {
    this.tunnel.close();
    this.exchange.close();
  }
}

/** CredSSP: TLS inside of the Authorization header, a logon inside of that, and the person's password at the end (MS-CSSP, MS-WSMV 2.2.9.1). */
export function credssp(accounts: Accounts, settings: SettingsStore, tls: TlsIdentity): Authenticator {
  const secureContext = createSecureContext({ ...tls, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
  const publicKey = subjectPublicKey(new X509Certificate(tls.cert).raw);
  const options = (claims?: (name: string) => void) =>
    settings.current.config.Service.Auth.CredSSP ? acceptorOptions('CredSSP', accounts, settings, null, claims) : null;
  const start = (): CredSspLogon | null => {
    let logon: CredSspLogon | null = null;
    const accept = options((name) => {
      if (logon) logon.claimed = name;
    });
    if (!accept) return null;
    const tunnel = new TlsTunnel((wire) => new TLSSocket(wire, { isServer: true, secureContext }));
    logon = new CredSspLogon(tunnel, acceptCredSsp({ ...accept, publicKey }));
    return logon;
  };
  return {
    scheme: 'CredSSP',
    challenge: () => (options() ? 'CredSSP' : null),
    authenticate: async (connection, credentials) => {
      const before = connection.pending.get('CredSSP') as CredSspLogon | undefined;
      const logon = before && !before.complete ? before : start();
      if (logon !== before) before?.close();
      if (!logon) return { kind: 'refused', name: '' };
      connection.pending.set('CredSSP', logon);
      const drop = () => {
        logon.close();
        connection.pending.delete('CredSSP');
      };
      try {
        const result = await takeLeg(logon, credentials, accounts, connection);
        if (result.kind === 'refused') drop();
        return result;
      } catch (error) {
        drop();
        throw error;
      }
    },
  };
}

/** Takes what one request brought, and says what becomes of the logon. */
async function takeLeg(
  logon: CredSspLogon,
  credentials: string,
  accounts: Accounts,
  connection: ConnectionState,
): Promise<AuthenticationResult> {
  const { tunnel, exchange } = logon;
  const text = (wire: Uint8Array) => `CredSSP ${Buffer.from(wire).toString('base64')}`;
  if (!logon.goesOn() || credentials.length === 0 || credentials.length > longestToken)
    return { kind: 'refused', name: '' };
  let answer: Buffer;
  try {
    const { plain, wire } = await tunnel.feed(Buffer.from(credentials, 'base64'));
    if (plain.length === 0) return { kind: 'continue', challenge: text(wire) };
    const { token } = await exchange.push(plain);
    answer = token ? Buffer.concat([wire, await tunnel.wrap(token)]) : wire;
  } catch (error) {
    const reply = isSpnegoError(error) ? error.reply : undefined;
    const last = reply && (await tunnel.wrap(reply).catch(() => null));
    // The client learns why; the logon is over all the same.
    const refused = { kind: 'refused', name: logon.claimed } as const;
    return last ? { ...refused, challenge: text(last) } : refused;
  }
  const { identity } = exchange;
  if (!identity) return { kind: 'continue', challenge: text(answer) };
  const user = await provenUser(accounts, identity, exchange.credentials, connection.abort.signal);
  // Nothing here acts in the person's name elsewhere: the password has done its work.
  exchange.close();
  if (!user) return { kind: 'refused', name: identity.name };
  logon.complete = true;
  const last = answer.length > 0 ? { token: text(answer) } : {};
  return { kind: 'user', user, sealing: tunnelSealing(tunnel), ...last };
}
