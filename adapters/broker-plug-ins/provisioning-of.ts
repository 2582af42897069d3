import type { Collection } from '@atelier/domain/broker';
import type { Provisioning } from '@atelier/plugin-kit/broker';
import type { ChainEntry } from './chain-entry.ts';

const methods = ['createVirtualMachines', 'patchVirtualMachines', 'deleteVirtualMachines', 'cancelJob'] as const;

/** The first plug-in that makes the machines of the collection; null when there is none. It must have all four methods. */
export function provisioningOf(entries: readonly ChainEntry[], collection: Collection): Provisioning | null {
  for (const { plugIn } of entries) {
    const { plugin, collections } = plugIn;
    if (collections !== null && !collections.includes(collection.name)) continue;
    if (methods.every((method) => typeof plugin[method] === 'function')) return plugin as Provisioning;
  }
  return null;
}
