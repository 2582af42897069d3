import { apiVersion, type Provider, SbError } from '@atelier/plugin-kit/broker';
import type { Registration } from './registry/registration.ts';

export interface ProviderParts
  extends Pick<Provider, 'brokerName' | 'resourceStore' | 'globalStore' | 'filterPluginStore'> {
  readonly registration: Registration;
  /** What the broker does for plug-ins; without, every call of them rejects. */
  readonly services?: Provider['services'];
  /** Gets what the plug-in logs, prints, and why it ended, with its name. */
  readonly log: (level: 'info' | 'warning' | 'error', plugIn: string, text: string) => void;
}

const none = async (): Promise<never> => {
  throw new Error('this broker has no way to switch machines');
};

/** What one plug-in is given. */
export const createProvider = ({ registration, services, log, ...parts }: ProviderParts): Provider => ({
  apiVersion,
  brokerName: parts.brokerName,
  providerName: registration.provider,
  settings: registration.settings as Provider['settings'],
  resourceStore: parts.resourceStore,
  globalStore: parts.globalStore,
  filterPluginStore: parts.filterPluginStore,
  services: services ?? { power: none, powerState: async () => 'unknown' },
  log: (level, text) => log(level, registration.name, text),
  error: (code, message) => new SbError(code, message),
});
