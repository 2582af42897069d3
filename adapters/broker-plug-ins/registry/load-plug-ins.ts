import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Provider } from '@atelier/plugin-kit/broker';
import { calendarPlugIn } from '../calendar-plug-in.ts';
import type { ChainPlugIn } from '../chain-plug-in.ts';
import { isolatePlugIn } from './isolate-plug-in.ts';
import { type PlugInManifest, readManifest } from './plug-in-manifest.ts';
import { needTrusted } from './trusted-folder.ts';

/** Where the broker's plug-ins lie: `ATELIER_BROKER_PLUGINS`, or `/etc/atelier/broker-plug-ins`. */
export function brokerPlugInFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.ATELIER_BROKER_PLUGINS || '/etc/atelier/broker-plug-ins';
}

/** What an administrator may say over a manifest, e.g. in the console. */
export type PlugInSettings = Partial<
  Pick<PlugInManifest, 'priority' | 'enabled' | 'collections' | 'budgets' | 'onFailure' | 'allowExternal' | 'settings'>
>;

export interface LoadOptions {
  /** One folder for each plug-in lies in it. There may be none. */
  readonly folder: string;
  /** The stores and services that a plug-in is given. */
  readonly providerFor: (manifest: PlugInManifest) => Provider;
  /** What is set over the manifest of that name. */
  readonly settingsFor?: (name: string) => PlugInSettings | Promise<PlugInSettings>;
  /** Throws unless the folder may be run from; usually it must not be writable by others. */
  readonly accept?: (folder: string) => Promise<void>;
}

export interface LoadedPlugIns {
  /** Those that are enabled, also when one of them did not start: it is tried again. */
  readonly plugIns: readonly ChainPlugIn[];
  /** Those that there are, enabled or not. */
  readonly manifests: readonly PlugInManifest[];
  /** Folders that cannot be used, and why; for a plug-in that comes with the broker, its name. */
  readonly failures: readonly { readonly folder: string; readonly error: Error }[];
}

/** What is set, and nothing for what is not. */
const set = (settings: PlugInSettings): PlugInSettings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/** Plug-ins that come with the broker, and run in its own thread once the administrator enables them. */
const ownPlugIns = { calendar: calendarPlugIn };

function ownPlugIn(name: keyof typeof ownPlugIns, said: PlugInSettings): ChainPlugIn {
  return {
    plugin: ownPlugIns[name](said.settings ?? {}),
    provider: 'atelier',
    priority: said.priority ?? 0,
    collections: said.collections ?? null,
    budgets: said.budgets ?? {},
    onFailure: said.onFailure ?? 'continue',
    allowExternal: false,
    runs: 'in-process',
    isolation: null,
  };
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    return found
      .filter((one) => one.isDirectory() && !one.name.startsWith('.'))
      .map((one) => join(folder, one.name))
      .toSorted();
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ENOENT') return [];
    throw error;
  }
}

/** Reads a folder of plug-ins and starts those that are enabled, with those that come with the broker (`calendar`). A plug-in that cannot be used is told of; it never keeps the others from running. */
export async function loadPlugIns(options: LoadOptions): Promise<LoadedPlugIns> {
  const { providerFor, settingsFor = () => ({}), accept = needTrusted } = options;
  const failures: { readonly folder: string; readonly error: Error }[] = [];
  const manifests: PlugInManifest[] = [];
  const plugIns: ChainPlugIn[] = [];
  const starting: Promise<unknown>[] = [];
  for (const name of Object.keys(ownPlugIns) as (keyof typeof ownPlugIns)[])
    try {
      const said: PlugInSettings = await settingsFor(name);
      if (said.enabled) plugIns.push(ownPlugIn(name, said));
    } catch (error) {
      failures.push({ folder: name, error: error as Error });
    }
  for (const folder of await foldersIn(options.folder)) {
    try {
      await accept(folder);
      const said = await readManifest(folder);
      if (
        said.name === 'atelier' ||
        Object.hasOwn(ownPlugIns, said.name) ||
        manifests.some((one) => one.name === said.name)
      )
        throw new Error(`there is a plug-in ${said.name} already: give it another name`);
      const manifest: PlugInManifest = { ...said, ...set(await settingsFor(said.name)) };
      manifests.push(manifest);
      if (!manifest.enabled) continue;
      const { plugIn, isolated } = isolatePlugIn(folder, manifest, providerFor(manifest));
      plugIns.push(plugIn);
      starting.push(isolated.start());
    } catch (error) {
      failures.push({ folder, error: error as Error });
    }
  }
  await Promise.allSettled(starting);
  return { plugIns, manifests, failures };
}
