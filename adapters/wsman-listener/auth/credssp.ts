import { X509Certificate } from 'node:crypto';
import { createSecureContext, TLSSocket } from 'node:tls';
import { TlsTunnel, tunnelSealing } from '@atelier/adapters/tls-tunnel';
import { acceptCredSsp, type CredSsp, isSpnegoError, subjectPublicKey } from '@atelier/spnego';
import type { Accounts } from '../accounts.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { TlsIdentity } from '../http/http-edge.ts';
import type { Authenticator } from './authenticator.ts';
import { acceptorOptions, findIdentity } from './negotiate.ts';

const longestToken = 256 * 1024;

class CredSspLogon {
  readonly tunnel: TlsTunnel;
  readonly exchange: CredSsp;

  constructor(tunnel: TlsTunnel, exchange: CredSsp) {
    this.tunnel = tunnel;
    this.exchange = exchange;
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
  const options = () =>
    settings.current.config.Service.Auth.CredSSP ? acceptorOptions('CredSSP', accounts, settings, null) : null;
  const start = (): CredSspLogon | null => {
    const accept = options();
    if (!accept) return null;
    const tunnel = new TlsTunnel((wire) => new TLSSocket(wire, { isServer: true, secureContext }));
    return new CredSspLogon(tunnel, acceptCredSsp({ ...accept, publicKey }));
  };
  return {
    scheme: 'CredSSP',
    challenge: () => (options() ? 'CredSSP' : null),
    authenticate: async (connection, credentials) => {
      const before = connection.pending.get('CredSSP') as CredSspLogon | undefined;
      const logon = before && !before.exchange.done ? before : start();
      if (logon !== before) before?.close();
      if (!logon || credentials.length > longestToken) return { kind: 'refused', name: '' };
      connection.pending.set('CredSSP', logon);
      const text = (wire: Uint8Array) => `CredSSP ${Buffer.from(wire).toString('base64')}`;
      try {
        const { plain, wire } = await logon.tunnel.feed(Buffer.from(credentials, 'base64'));
        if (plain.length === 0) return { kind: 'continue', challenge: text(wire) };
        const { token } = await logon.exchange.push(plain);
        const answer = token ? Buffer.concat([wire, await logon.tunnel.wrap(token)]) : wire;
        const { identity } = logon.exchange;
        if (!identity) return { kind: 'continue', challenge: text(answer) };
        const user = await findIdentity(accounts, identity);
        if (user)
          return {
            kind: 'user',
            user,
            sealing: tunnelSealing(logon.tunnel),
            ...(answer.length > 0 ? { token: text(answer) } : {}),
          };
        drop(connection.pending);
        return { kind: 'refused', name: identity.name };
      } catch (error) {
        const reply = isSpnegoError(error) ? error.reply : undefined;
        const last = reply && (await logon.tunnel.wrap(reply).catch(() => null));
        drop(connection.pending);
        // The client learns why; the logon is over all the same.
        return last ? { kind: 'refused', name: '', challenge: text(last) } : { kind: 'refused', name: '' };
      }
    },
  };
}

function drop(pending: Map<string, { close(): void }>): void {
  pending.get('CredSSP')?.close();
  pending.delete('CredSSP');
}
