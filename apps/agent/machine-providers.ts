import type { PluginState } from '@atelier/adapters/cim-engine';
import type { CimProvider, ResourceProvider } from '@atelier/plugin-kit';
import type { ReloadableEngine } from './plug-ins/reloadable-engine.ts';

/** What answers for the machine, and the engine among it whose plug-ins can be read again. */
export interface MachineProviders {
  readonly providers: readonly ResourceProvider[];
  readonly engine: ReloadableEngine;
}

/** What this machine answers for besides shells and its configuration: its CIM classes, its hardware when there is a controller, its event log. `journal` are further arguments for journalctl; `plugins` where those lie, and who is told what became of them. */
export async function machineProviders(
  stateFolder: string,
  more: readonly CimProvider[] = [],
  journal?: readonly string[],
  plugins: { readonly folder: string | null; told(states: readonly PluginState[]): Promise<void> } = {
    folder: null,
    told: async () => {},
  },
): Promise<MachineProviders> {
  const { reloadableEngine } = await import('./plug-ins/reloadable-engine.ts');
  const { createLinuxHost, createLinuxInventory, createEventLogProvider } = await import(
    '@atelier/adapters/linux-inventory'
  );
  const { createHardwareProviders, discoverLocalController, localController } = await import(
    '@atelier/adapters/hardware-inventory'
  );
  const { ControllerBook } = await import('./hardware/controller-book.ts');
  const host = createLinuxHost(journal ? { journal } : {});
  const book = new ControllerBook(stateFolder);
  const own = (await discoverLocalController()).driver ? [localController()] : [];
  const hardware = createHardwareProviders(() => [...own, ...book.controllers()]);
  const engine = reloadableEngine([createLinuxInventory(host), ...hardware, ...more], plugins.folder, plugins.told);
  return { providers: [engine.provider, createEventLogProvider(host)], engine };
}
