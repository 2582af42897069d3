import { resolve } from 'node:path';
import type { Provider } from '@atelier/plugin-kit/broker';
import type { ChainPlugIn } from '../chain-plug-in.ts';
import { childTransport } from '../isolation/child-transport.ts';
import { IsolatedPlugIn } from '../isolation/isolated-plug-in.ts';
import { workerTransport } from '../isolation/worker-transport.ts';
import type { PlugInManifest } from './plug-in-manifest.ts';
import { partOf, type Registration } from './registration.ts';

/** A plug-in of a folder as one of the chain, in its own thread or process. `isolated.start()` starts it. */
export function isolatePlugIn(
  manifest: PlugInManifest,
  registration: Registration,
  provider: Provider,
): { readonly plugIn: ChainPlugIn; readonly isolated: IsolatedPlugIn } {
  const { name, source } = registration;
  const transport =
    manifest.runs === 'worker'
      ? workerTransport({ module: resolve(source, manifest.main), name, memoryLimit: manifest.memoryLimit })
      : childTransport({
          command: manifest.command,
          folder: source,
          memoryLimit: manifest.memoryLimit ?? null,
          // Who may have so much address space may also use it.
          ...(manifest.memoryLimit === undefined ? {} : { residentLimit: manifest.memoryLimit }),
        });
  const isolated = new IsolatedPlugIn(name, provider, transport);
  const plugIn = { ...partOf(registration), plugin: isolated.plugin, runs: manifest.runs, isolation: isolated };
  return { isolated, plugIn };
}
