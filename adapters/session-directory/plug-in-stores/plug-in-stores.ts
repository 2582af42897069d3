import type { DatabaseHandle } from '@atelier/adapters/postgres';
import type { FilterPluginStore, GlobalStore, ResourceStore } from '@atelier/plugin-kit/broker';
import { leases } from '../leases.ts';
import { filterPluginStore } from './filter-plugin-store.ts';
import { globalStore } from './global-store.ts';
import { resourceStore } from './resource-store.ts';

/** The stores that a plug-in is given: its own of what it keeps, and what all may read. */
export interface PlugInStores {
  readonly resourceStore: ResourceStore;
  readonly globalStore: GlobalStore;
  readonly filterPluginStore: FilterPluginStore;
}

/** Stores over the directory's database. @param plugIn its name, as `plugInRegistry` knows it, and the provider whose targets it keeps */
export const plugInStores = (
  database: DatabaseHandle,
  plugIn: { readonly name: string; readonly provider: string },
): PlugInStores => ({
  resourceStore: resourceStore(database, plugIn.provider, leases(database).lease),
  globalStore: globalStore(database),
  filterPluginStore: filterPluginStore(database, plugIn.name),
});
