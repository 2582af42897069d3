import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CimProvider } from '@atelier/plugin-kit';
import { createNamespaces } from '../cim-namespace.ts';
import { isolatedProvider } from './isolated-provider.ts';
import { readManifest } from './plugin-manifest.ts';
import { PluginProcess } from './plugin-process.ts';

/** A plug-in that was left out, and why. */
export interface PluginFailure {
  readonly folder: string;
  readonly error: Error;
}

export interface LoadedPlugins {
  readonly providers: readonly CimProvider[];
  readonly failures: readonly PluginFailure[];
  /** Ends all processes. Providers that were given to an engine are ended by it too. */
  stop(): Promise<void>;
}

/**
 * Loads every plug-in in a folder (`folder/NAME/plugin.json`), each in a process of its own. One that cannot be loaded, or whose classes do not fit
 * those of `besides` and the others, is left out and told in `failures`: it never keeps the rest from running. A folder that is absent has none.
 */
export async function loadPlugins(folder: string, besides: readonly CimProvider[] = []): Promise<LoadedPlugins> {
  const providers: CimProvider[] = [];
  const failures: PluginFailure[] = [];
  const running: PluginProcess[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries.filter((one) => one.isDirectory()).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    let process: PluginProcess | null = null;
    try {
      process = new PluginProcess(await readManifest(path));
      const provider = isolatedProvider(process, await process.start());
      createNamespaces([...besides, ...providers, provider]);
      providers.push(provider);
      running.push(process);
    } catch (error) {
      await process?.stop();
      failures.push({ folder: path, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }
  return {
    providers,
    failures,
    stop: async () => {
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}
