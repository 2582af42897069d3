import type { CimProvider, ResourceProvider } from '@atelier/plugin-kit';

/** What this machine answers for besides shells and its configuration: its CIM classes, its hardware when there is a controller, its event log. `journal` are further arguments for journalctl. */
export async function machineProviders(
  stateFolder: string,
  more: readonly CimProvider[] = [],
  journal?: readonly string[],
): Promise<readonly ResourceProvider[]> {
  const { createCimEngine } = await import('@atelier/adapters/cim-engine');
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
  const engine = createCimEngine([createLinuxInventory(host), ...hardware, ...more]);
  return [engine, createEventLogProvider(host)];
}
