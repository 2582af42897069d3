import type { ResourceProvider, ShellProvider } from '@atelier/plugin-kit';
import { byRootSddl } from './access/by-root-sddl.ts';
import type { Accounts } from './accounts.ts';
import type { Audit } from './audit.ts';
import { authenticatorsOf, securityProfiles } from './auth/authenticators.ts';
import { BackOff } from './auth/back-off.ts';
import type { Authorization } from './authorization.ts';
import { configProvider } from './config/config-provider.ts';
import { listenerTable, mappingTable } from './config/config-tables.ts';
import type { ListenerEntry } from './config/listener-entry.ts';
import { type LoadedPlugin, pluginProvider } from './config/plugin-provider.ts';
import type { SettingsStore } from './config/settings-store.ts';
import { tableProvider } from './config/table-provider.ts';
import { thumbprintOf } from './config/thumbprint.ts';
import { defaultConfig, type WinrmConfig } from './config/winrm-config.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { SubscriptionTable } from './events/subscription-table.ts';
import { Admission } from './http/admission.ts';
import { type CompatibilityPorts, compatibilityPorts } from './http/compatibility-listeners.ts';
import type { TlsIdentity } from './http/http-edge.ts';
import { HttpEdges } from './http/http-edges.ts';

/** What a listener needs. */
export interface ListenerOptions {
  readonly settings: SettingsStore;
  readonly accounts: Accounts;
  readonly providers: readonly ResourceProvider[];
  /** Providers that come and go while the service runs; whoever gives them starts and ends them; another array when they changed. */
  readonly changingProviders?: () => readonly ResourceProvider[];
  readonly shells: readonly ShellProvider[];
  /** Plug-ins of a provider that are loaded at this moment, for `winrm/config/plugin`. */
  readonly plugins?: () => readonly LoadedPlugin[];
  /** For listeners with HTTPS. */
  readonly tls: TlsIdentity | null;
  /** PEM of the authorities whose client certificates are looked at (Auth/Certificate). */
  readonly clientAuthorities?: string;
  /** Default: what RootSDDL of the settings says. */
  readonly authorize?: Authorization;
  readonly audit?: Audit;
  /** Version of the product, which authenticated users learn from Identify. */
  readonly productVersion: string;
  /** What `winrm invoke Restore winrm/config` goes back to. Default: WinRM's. */
  readonly defaults?: WinrmConfig;
  /** Where the compatibility listeners listen. Default 80 and 443. */
  readonly compatibilityPorts?: CompatibilityPorts;
}

/** A running service. */
export interface Listener {
  /** Open ports, in the order of the settings' listeners. */
  readonly ports: readonly { readonly entry: ListenerEntry; readonly port: number }[];
  /** Replaces the certificate, for who connects from now on. */
  useTls(tls: TlsIdentity): void;
  /** Ends every shell, enumeration, subscription and connection. */
  stop(): Promise<void>;
}

/** Starts the WS-Management service on every enabled listener of the settings. Throws when a port cannot be had. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { settings, accounts, audit = () => {} } = options;
  const authorize = options.authorize ?? byRootSddl(settings, audit);
  let shownTls = options.tls;
  const authenticators = authenticatorsOf(accounts, settings, () => shownTls);
  for (const one of options.providers) await one.start?.();
  const dispatcher = new Dispatcher({
    ...options,
    providers: [
      ...options.providers,
      configProvider({
        settings,
        audit,
        thumbprint: () => thumbprintOf(shownTls),
        defaults: options.defaults ?? defaultConfig,
      }),
      tableProvider(
        listenerTable(() => shownTls),
        settings,
        audit,
      ),
      tableProvider(mappingTable(accounts), settings, audit),
      pluginProvider(options.providers, options.shells, options.plugins),
    ],
    authorize,
    audit,
    securityProfiles: () => securityProfiles(settings),
    subscriptions: (table, enumerations) => new SubscriptionTable(table, enumerations, audit),
  });
  const gate = { settings, authenticators, backOff: new BackOff(), audit };
  const service = { gate, settings, admission: new Admission(settings), dispatcher, audit };
  const tlsOptions = options.clientAuthorities
    ? { requestCert: true, rejectUnauthorized: false, ca: options.clientAuthorities }
    : {};
  const edges = new HttpEdges(service, options.tls, tlsOptions, options.compatibilityPorts ?? compatibilityPorts);
  const stop = async () => {
    await edges.close();
    await dispatcher.close();
    for (const one of options.providers) await one.stop?.();
  };
  try {
    await edges.follow(settings.current);
  } catch (error) {
    await stop();
    throw error;
  }
  const unwatch = settings.watch((current) => {
    // The answer to the change goes out first: it may come over the port that the change closes.
    setTimeout(
      () =>
        void edges
          .follow(current)
          .catch((error) => audit({ kind: 'failure', message: 'a changed listener cannot be opened', error })),
      100,
    );
  });
  return {
    get ports() {
      return edges.ports;
    },
    useTls: (tls) => {
      shownTls = tls;
      edges.useTls(tls);
    },
    stop: async () => {
      unwatch();
      await stop();
    },
  };
}
