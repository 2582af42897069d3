import type { Properties } from '@atelier/domain/broker';

/** Small values that a plug-in keeps for itself, the same for all brokers (ITsSbFilterPluginStore). At most 1,000, together 256 KiB. */
export interface FilterPluginStore {
  /** All of them. */
  enumerateProperties(): Promise<Properties>;
  /** What is stored is then exactly this: values are added, changed and removed. */
  saveProperties(properties: Properties): Promise<void>;
  /** Removes one; all without a name. */
  deleteProperties(name?: string): Promise<void>;
}
