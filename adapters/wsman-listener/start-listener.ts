import type { ResourceProvider, ShellProvider } from '@atelier/plugin-kit';
import type { Accounts } from './accounts.ts';
import type { Audit } from './audit.ts';
import { BackOff } from './auth/back-off.ts';
import { basic } from './auth/basic.ts';
import { type Authorization, administratorsOnly } from './authorization.ts';
import type { ListenerEntry } from './config/listener-entry.ts';
import type { SettingsStore } from './config/settings-store.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { noSubscriptions } from './events/subscriptions.ts';
import { type HttpEdge, openEdge, type TlsIdentity } from './http/http-edge.ts';

/** What a listener needs. */
export interface ListenerOptions {
  readonly settings: SettingsStore;
  readonly accounts: Accounts;
  readonly providers: readonly ResourceProvider[];
  readonly shells: readonly ShellProvider[];
  /** For listeners with HTTPS. */
  readonly tls: TlsIdentity | null;
  /** Default: administrators may do everything, others nothing. */
  readonly authorize?: Authorization;
  readonly audit?: Audit;
  /** Version of the product, which authenticated users learn from Identify. */
  readonly productVersion: string;
}

/** A running service. */
export interface Listener {
  /** Open ports, in the order of the settings' listeners. */
  readonly ports: readonly { readonly entry: ListenerEntry; readonly port: number }[];
  /** Ends every shell, enumeration, subscription and connection. */
  stop(): Promise<void>;
}

/** Starts the WS-Management service on every enabled listener of the settings. Throws when a port cannot be had. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { settings, accounts, authorize = administratorsOnly, audit = () => {} } = options;
  const authenticators = [basic(accounts, settings)];
  for (const one of options.providers) await one.start?.();
  const dispatcher = new Dispatcher({
    ...options,
    authorize,
    audit,
    securityProfiles: () => [],
    subscriptions: noSubscriptions,
  });
  const service = { gate: { authenticators, backOff: new BackOff(), audit }, settings, dispatcher, audit };
  const edges: HttpEdge[] = [];
  const stop = async () => {
    for (const one of edges) await one.close();
    await dispatcher.close();
    for (const one of options.providers) await one.stop?.();
  };
  try {
    for (const entry of settings.current.listeners) {
      if (!entry.enabled) continue;
      if (entry.transport === 'HTTPS' && !options.tls) throw new Error('a listener with HTTPS needs a certificate');
      edges.push(await openEdge(entry, entry.transport === 'HTTPS' ? options.tls : null, service));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports: edges.map(({ entry, port }) => ({ entry, port })), stop };
}
