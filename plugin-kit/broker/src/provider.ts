import type { BrokerFailureCode } from '@atelier/domain/broker';
import type { Json } from './client-connection.ts';
import type { FilterPluginStore } from './filter-plugin-store.ts';
import type { GlobalStore } from './global-store.ts';
import type { ResourceStore } from './resource-store.ts';
import type { SbError } from './sb-error.ts';
import type { Services } from './services.ts';

/** What the broker gives to a plug-in (ITsSbProvider, and the plug-in's property set). */
export interface Provider {
  /** Version of the broker's interface. */
  readonly apiVersion: string;
  /** Name of this broker (SbName). */
  readonly brokerName: string;
  /** The name under which the plug-in owns targets: `provider` of its manifest. */
  readonly providerName: string;
  /** `settings` of its manifest. */
  readonly settings: { readonly [name: string]: Json };
  readonly resourceStore: ResourceStore;
  readonly globalStore: GlobalStore;
  readonly filterPluginStore: FilterPluginStore;
  readonly services: Services;
  /** Goes to the broker's log under the plug-in's name; one line, at most 2,000 characters. */
  log(level: 'info' | 'warning' | 'error', text: string): void;
  /** An error that fails the connection when thrown, for plug-ins that import nothing. */
  error(code: BrokerFailureCode, message?: string): SbError;
}
