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
  tls: TlsIdentity | null,
): readonly Authenticator[] {
  const binding = tls ? tlsServerEndPoint(new X509Certificate(tls.cert).raw) : null;
  const bindingOf = (connection: { readonly secure: boolean }) => (connection.secure ? binding : null);
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
