import { isUtf8 } from 'node:buffer';
import type { Accounts } from '../accounts.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Authenticator } from './authenticator.ts';

const longest = 1024;

/** Name and password of a Basic header; null for anything that is none. */
export function readBasic(credentials: string): { readonly name: string; readonly password: string } | null {
  if (credentials.length > longest || !/^[A-Za-z0-9+/]+={0,2}$/.test(credentials)) return null;
  const bytes = Buffer.from(credentials, 'base64');
  // RFC 7617 leaves the charset open: new clients send UTF-8, Python's requests Latin-1.
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  const colon = text.indexOf(':');
  // An empty name or password is never anybody's.
  if (colon < 1 || colon === text.length - 1 || text.includes('\0')) return null;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Basic: only over TLS, unless the service allows unencrypted traffic. */
export function basic(accounts: Accounts, settings: SettingsStore): Authenticator {
  return {
    scheme: 'Basic',
    challenge: (connection) => {
      const { Auth, AllowUnencrypted } = settings.current.config.Service;
      return Auth.Basic && (connection.secure || AllowUnencrypted) ? 'Basic realm="WSMAN"' : null;
    },
    authenticate: async (connection, credentials) => {
      const read = readBasic(credentials);
      if (!read) return { kind: 'refused', name: '' };
      const user = await accounts.checkPassword(read.name, read.password, connection.abort.signal);
      return user ? { kind: 'user', user } : { kind: 'refused', name: read.name };
    },
  };
}
