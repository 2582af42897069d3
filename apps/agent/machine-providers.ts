import type { PluginState } from '@atelier/adapters/cim-engine';
import type { CimProvider, ResourceProvider } from '@atelier/plugin-kit';
import type { ReloadableEngine } from './plug-ins/reloadable-engine.ts';

/** What answers for the machine, and the engine among it whose plug-ins can be read again. */
export interface MachineProviders {
  readonly providers: readonly ResourceProvider[];
  readonly engine: ReloadableEngine;
}

/** What is known besides the machine itself. */
export interface MachineParts {
  readonly stateFolder: string;
  /** CIM classes besides the machine's own. */
  readonly classes?: readonly CimProvider[];
  /** Further arguments for journalctl. */
  readonly journal?: readonly string[];
  /** Null: no plug-ins are loaded. */
  readonly pluginFolder: string | null;
  /** Hears what became of the plug-ins. */
  told(states: readonly PluginState[]): Promise<void>;
  /** Where the workspace client of this machine listens, asked anew each time. */
  readonly clientSocket?: () => string;
}

/** What this machine answers for besides shells and its configuration: its CIM classes, its hardware when there is a controller, its workspaces when it has a client, its event log. */
export async function machineProviders(parts: MachineParts): Promise<MachineProviders> {
  const { reloadableEngine } = await import('./plug-ins/reloadable-engine.ts');
  const { createEventLogProvider, createLinuxHost, createLinuxInventory, createMedvProvider } = await import(
    '@atelier/adapters/linux-inventory'
  );
  const { createControllerPool, createHardwareProviders, discoverLocalController, hardwareEventLog, localController } =
    await import('@atelier/adapters/hardware-inventory');
  const { ControllerBook } = await import('./hardware/controller-book.ts');
  const { medvFacts } = await import('./workspace-client/medv-facts.ts');
  const host = createLinuxHost(parts.journal ? { journal: parts.journal } : {});
  const book = new ControllerBook(parts.stateFolder);
  const own = (await discoverLocalController()).driver ? [localController()] : [];
  const controllers = () => [...own, ...book.controllers()];
  const pool = createControllerPool(controllers);
  const hardware = createHardwareProviders(controllers, pool);
  const workspaces = parts.clientSocket ? [createMedvProvider(medvFacts(parts.clientSocket))] : [];
  const engine = reloadableEngine(
    [createLinuxInventory(host), ...hardware, ...workspaces, ...(parts.classes ?? [])],
    parts.pluginFolder,
    parts.told,
  );
  return { providers: [engine.provider, createEventLogProvider(host, [hardwareEventLog(pool)])], engine };
}
