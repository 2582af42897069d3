import { X509Certificate } from 'node:crypto';
import { tlsServerEndPoint } from '@atelier/spnego';
import type { Accounts } from '../accounts.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { TlsIdentity } from '../http/http-edge.ts';
import type { Authenticator } from './authenticator.ts';
import { basic } from './basic.ts';
import { certificate } from './certificate.ts';
import { credssp } from './credssp.ts';
import { negotiate } from './negotiate.ts';

/** All ways to log on, the strongest first: that is the order in which clients are told. */
export function authenticatorsOf(
  accounts: Accounts,
  settings: SettingsStore,
  shown: () => TlsIdentity | null,
): readonly Authenticator[] {
  let known: { readonly tls: TlsIdentity | null; readonly binding: Uint8Array | null } = { tls: null, binding: null };
  const bindingOf = (connection: { readonly secure: boolean }) => {
    const tls = shown();
    if (known.tls !== tls) known = { tls, binding: tls && tlsServerEndPoint(new X509Certificate(tls.cert).raw) };
    return connection.secure ? known.binding : null;
  };
  // CredSSP has a TLS of its own, for which clients know the key only: it keeps the certificate of the start.
  const tls = shown();
  return [
    negotiate('Negotiate', accounts, settings, bindingOf),
    negotiate('Kerberos', accounts, settings, bindingOf),
    certificate(accounts, settings),
    ...(tls ? [credssp(accounts, settings, tls)] : []),
    basic(accounts, settings),
  ];
}

const base = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile';

/** What Identify says of the ways to log on. */
export function securityProfiles(settings: SettingsStore): readonly string[] {
  const { Auth, AllowUnencrypted } = settings.current.config.Service;
  return [
    ...(Auth.Basic && AllowUnencrypted ? [`${base}/http/basic`] : []),
    ...(Auth.Basic ? [`${base}/https/basic`] : []),
    ...(Auth.Negotiate || Auth.Kerberos ? [`${base}/http/spnego-kerberos`, `${base}/https/spnego-kerberos`] : []),
    ...(Auth.Certificate ? [`${base}/https/mutual`] : []),
  ];
}
