import { resolve } from 'node:path';
import type { Provider } from '@atelier/plugin-kit/broker';
import type { ChainPlugIn } from '../chain-plug-in.ts';
import { childTransport } from '../isolation/child-transport.ts';
import { IsolatedPlugIn } from '../isolation/isolated-plug-in.ts';
import { workerTransport } from '../isolation/worker-transport.ts';
import type { PlugInManifest } from './plug-in-manifest.ts';

/** A plug-in of a folder as one of the chain, in its own thread or process. `isolated.start()` starts it. */
export function isolatePlugIn(
  folder: string,
  manifest: PlugInManifest,
  provider: Provider,
): { readonly plugIn: ChainPlugIn; readonly isolated: IsolatedPlugIn } {
  const { name } = manifest;
  const transport =
    manifest.runs === 'worker'
      ? workerTransport({ module: resolve(folder, manifest.main), name, memoryLimit: manifest.memoryLimit })
      : childTransport({ command: manifest.command, folder, memoryLimit: manifest.memoryLimit ?? null });
  const isolated = new IsolatedPlugIn(name, provider, transport);
  return {
    isolated,
    plugIn: {
      plugin: isolated.plugin,
      provider: manifest.provider ?? name,
      priority: manifest.priority,
      collections: manifest.collections ?? null,
      budgets: manifest.budgets,
      onFailure: manifest.onFailure,
      allowExternal: manifest.allowExternal,
      runs: manifest.runs,
      isolation: isolated,
    },
  };
}
