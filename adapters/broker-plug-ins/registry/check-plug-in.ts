import { resolve } from 'node:path';
import {
  type BrokerFinding,
  checkBrokerPlugin,
  checkWork,
  createMemoryStore,
  memoryProvider,
  type StartPlugIn,
  sampleTarget,
  type WorkConformanceOptions,
} from '@atelier/plugin-kit/broker/conformance';
import { trustedFolder } from '../../plug-in-folder/index.ts';
import { isolatePlugIn } from './isolate-plug-in.ts';
import { readManifest } from './plug-in-manifest.ts';
import { registrationOf } from './registration.ts';

const targets = [
  sampleTarget('host-1'),
  sampleTarget('host-2', { numSessions: 7, weight: 200 }),
  sampleTarget('vm-3', { kind: 'virtual-machine', state: 'stopped', endpoints: [] }),
  sampleTarget('host-4', { drain: true }),
];

/**
 * Checks a plug-in in its folder as the broker will run it, over a directory in memory. No finding means that it is fit. `told` gets what it logs. With
 * `work` it also makes machines and does tasks, each of its starts in a thread or process of its own that is killed: what it does outside of the directory
 * it really does.
 */
export async function checkPlugInFolder(
  folder: string,
  told: (text: string) => void = () => undefined,
  work: Pick<WorkConformanceOptions, 'machines' | 'image' | 'patience'> | null = null,
): Promise<readonly BrokerFinding[]> {
  const path = resolve(folder);
  const findings: BrokerFinding[] = [];
  const say = (severity: BrokerFinding['severity'], error: unknown): void => {
    findings.push({ severity, stage: null, message: (error as Error).message });
  };
  await trustedFolder(path).catch((error: unknown) => say('warning', error));
  try {
    const manifest = await readManifest(path);
    if (!manifest.enabled)
      say('warning', new Error('it is not enabled: set "enabled" in plugin.json, or in the console'));
    const registration = registrationOf(manifest, path);
    const provider = memoryProvider(createMemoryStore(targets), registration.provider, manifest.settings);
    const log = (level: string, text: string): void => told(`${level}: ${text}`);
    const { isolated } = isolatePlugIn(manifest, registration, { ...provider, log });
    try {
      await isolated.start();
      findings.push(...(await checkBrokerPlugin(isolated.plugin, { targets, provider: null })));
    } finally {
      await isolated.stop();
    }
    if (!work) return findings;
    const start: StartPlugIn = async (given) => {
      const { isolated } = isolatePlugIn(manifest, registration, given);
      await isolated.start();
      return { plugin: isolated.plugin, kill: () => isolated.kill() };
    };
    const { settings } = manifest;
    findings.push(...(await checkWork(start, { ...work, provider: registration.provider, settings, log })));
  } catch (error) {
    say('error', error);
  }
  return findings;
}
