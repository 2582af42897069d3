import type { CimProvider, ResourceProvider } from '@atelier/plugin-kit';

/** What this machine answers for besides shells and its configuration: its CIM classes, its hardware when there is a controller, its event log. */
export async function machineProviders(more: readonly CimProvider[] = []): Promise<readonly ResourceProvider[]> {
  const { createCimEngine } = await import('@atelier/adapters/cim-engine');
  const { createLinuxHost, createLinuxInventory, createEventLogProvider } = await import(
    '@atelier/adapters/linux-inventory'
  );
  const { createHardwareProviders, discoverLocalController, localController } = await import(
    '@atelier/adapters/hardware-inventory'
  );
  const host = createLinuxHost();
  const controllers = (await discoverLocalController()).driver ? [localController()] : [];
  const engine = createCimEngine([createLinuxInventory(host), ...createHardwareProviders(() => controllers), ...more]);
  return [engine, createEventLogProvider(host)];
}
