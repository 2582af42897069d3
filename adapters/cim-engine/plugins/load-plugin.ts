import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CimProvider, ResourceProvider } from '@atelier/plugin-kit';
import { isolatedProvider } from './isolated-provider.ts';
import { isolatedResourceProvider } from './isolated-resource-provider.ts';
import { readManifest } from './plugin-manifest.ts';
import { PluginProcess } from './plugin-process.ts';

/** What a plug-in brings: classes, or resources under URIs of its own. */
export type LoadedPlugin =
  | { readonly kind: 'cim-provider'; readonly provider: CimProvider }
  | { readonly kind: 'resource-provider'; readonly provider: ResourceProvider };

/** Sees a plug-in's folder before any of its code runs, each time; gives the folder that is to be read, or throws when nothing may be. */
export type AcceptFolder = (folder: string) => Promise<string>;

const acceptAll: AcceptFolder = async (folder) => folder;

/** The folders in a folder of plug-ins, by name. One that is absent has none; names that begin with a dot are copies under way. */
export async function pluginFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((one) => (one.isDirectory() || one.isSymbolicLink()) && !one.name.startsWith('.'))
    .map((one) => join(folder, one.name))
    .toSorted();
}

/**
 * Loads one plug-in from its own folder (`plugin.json`), in a process that ends with the provider's `stop`. `accept` is asked now and whenever the
 * process is started again; `signal` ends the attempt. Throws when the plug-in cannot be loaded.
 */
export async function loadPlugin(
  folder: string,
  accept: AcceptFolder = acceptAll,
  signal?: AbortSignal,
): Promise<LoadedPlugin> {
  const manifest = await readManifest(await accept(folder));
  const process = new PluginProcess(manifest, async () => void (await accept(folder)));
  const end = () => void process.stop();
  signal?.addEventListener('abort', end, { once: true });
  try {
    signal?.throwIfAborted();
    const description = await process.start();
    return description.kind === 'cim-provider'
      ? { kind: description.kind, provider: isolatedProvider(process, description) }
      : { kind: description.kind, provider: isolatedResourceProvider(process, description) };
  } catch (error) {
    await process.stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
