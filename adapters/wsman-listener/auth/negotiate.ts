import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type AcceptorOptions,
  acceptSecurity,
  type ChannelBindingLevel,
  type EncryptionProtocol,
  type Identity,
  isSpnegoError,
  memoryReplayCache,
  openBody,
  type SecurityContext,
  sealBody,
} from '@atelier/spnego';
import type { Accounts } from '../accounts.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Authenticator, Sealing } from './authenticator.ts';
import type { ConnectionState } from './connection-state.ts';

const computerName = (hostname().split('.')[0] ?? 'localhost').slice(0, 15).toUpperCase();
const longestToken = 64 * 1024;
const replayCache = memoryReplayCache();
/** Who is told the name that the logon of a connection claims. */
const names = new WeakMap<ConnectionState, (name: string) => void>();

/** A name without domain, or with this machine's, is one of this machine. */
const isLocal = (domain: string): boolean => ['', '.', computerName, 'WORKGROUP'].includes(domain.toUpperCase());

/** How logons are accepted now; null when the settings, or what we have, allow neither NTLM nor Kerberos. */
export function acceptorOptions(
  scheme: 'Negotiate' | 'Kerberos' | 'CredSSP',
  accounts: Accounts,
  settings: SettingsStore,
  channelBinding: Uint8Array | null,
  claims: (name: string) => void = () => {},
): AcceptorOptions | null {
  const { Auth } = settings.current.config.Service;
  const keytab = Auth.Kerberos || scheme !== 'Kerberos' ? (accounts.keytab?.() ?? null) : null;
  const withNtlm = scheme !== 'Kerberos' && accounts.ntHash;
  if (!keytab && !withNtlm) return null;
  const level = Auth.CbtHardeningLevel.toLowerCase();
  return {
    now: Date.now,
    random: randomBytes,
    ...(keytab ? { kerberos: { keytab, replayCache } } : {}),
    ...(withNtlm
      ? {
          ntlm: {
            computerName,
            dnsName: hostname(),
            ntHash: ({ user, domain }) => {
              claims(user);
              return isLocal(domain) ? withNtlm(user) : null;
            },
          },
        }
      : {}),
    ...(channelBinding ? { channelBinding } : {}),
    channelBindingLevel: (['none', 'strict'].includes(level) ? level : 'relaxed') as ChannelBindingLevel,
  };
}

/** The account that a logon proved. */
export const findIdentity = (accounts: Accounts, identity: Identity) =>
  accounts.find(identity.user, identity.mechanism === 'kerberos' ? identity.domain : '');

/** Answers are sealed in the form that the request had. */
function sealingOf(context: SecurityContext): Sealing {
  let protocol: EncryptionProtocol | undefined;
  return {
    open: (sealed) => {
      const opened = openBody(context, sealed);
      protocol = opened.protocol;
      return opened;
    },
    seal: (plain) => sealBody(context, plain, protocol),
  };
}

/** Negotiate (NTLM or Kerberos, raw or in SPNEGO) or Kerberos alone. The logon belongs to the connection and seals its messages. */
export function negotiate(
  scheme: 'Negotiate' | 'Kerberos',
  accounts: Accounts,
  settings: SettingsStore,
  bindingOf: (connection: ConnectionState) => Uint8Array | null,
): Authenticator {
  const allowed = () => settings.current.config.Service.Auth[scheme];
  return {
    scheme,
    challenge: (connection) =>
      allowed() && acceptorOptions(scheme, accounts, settings, bindingOf(connection)) ? scheme : null,
    authenticate: async (connection, credentials) => {
      let claimed = '';
      const claims = (name: string) => {
        claimed = name;
      };
      const options = acceptorOptions(scheme, accounts, settings, bindingOf(connection), (name) =>
        names.get(connection)?.(name),
      );
      names.set(connection, claims);
      if (!options || credentials.length === 0 || credentials.length > longestToken)
        return { kind: 'refused', name: '' };
      const before = connection.pending.get(scheme) as SecurityContext | undefined;
      const context = before && !before.done ? before : acceptSecurity(options);
      if (context !== before) before?.close();
      connection.pending.set(scheme, context);
      try {
        const { token, done, identity } = await context.step(Buffer.from(credentials, 'base64'));
        const text = token ? `${scheme} ${Buffer.from(token).toString('base64')}` : scheme;
        if (!done || !identity) return { kind: 'continue', challenge: text };
        const user = await findIdentity(accounts, identity);
        if (user)
          return {
            kind: 'user',
            user,
            ...(token ? { token: text } : {}),
            ...(context.canSeal ? { sealing: sealingOf(context) } : {}),
          };
        drop(connection, scheme);
        return { kind: 'refused', name: identity.name };
      } catch (error) {
        drop(connection, scheme);
        if (isSpnegoError(error)) return { kind: 'refused', name: claimed };
        throw error;
      }
    },
  };
}

function drop(connection: ConnectionState, scheme: string): void {
  connection.pending.get(scheme)?.close();
  connection.pending.delete(scheme);
}
