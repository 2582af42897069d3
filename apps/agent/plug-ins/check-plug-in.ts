import { resolve } from 'node:path';
import { trustedFolder } from '@atelier/adapters/plug-in-folder';
import type { Finding } from '@atelier/plugin-kit/conformance';

/** Checks a plug-in in its folder as the agent will use it, in a process of its own. No finding means that it is fit; one that cannot be loaded is a finding, too. */
export async function checkPlugIn(folder: string): Promise<readonly Finding[]> {
  const { loadPlugin } = await import('@atelier/adapters/cim-engine');
  const { createLinuxHost, createLinuxInventory } = await import('@atelier/adapters/linux-inventory');
  const { checkProvider, checkResourceProvider } = await import('@atelier/plugin-kit/conformance');
  const path = resolve(folder);
  const findings: Finding[] = [];
  const say = (severity: Finding['severity'], error: unknown): void => {
    findings.push({ severity, className: null, message: error instanceof Error ? error.message : String(error) });
  };
  // "agent plugin add" makes a copy that is root's own, so this does not make a plug-in unfit.
  await trustedFolder(path).catch((error: unknown) => say('warning', error));
  try {
    const plugin = await loadPlugin(path);
    if (plugin.kind === 'resource-provider') findings.push(...(await checkResourceProvider(plugin.provider)));
    else {
      const { provider } = plugin;
      const machine = createLinuxInventory(createLinuxHost({}));
      const besides = machine.namespace.toLowerCase() === provider.namespace.toLowerCase() ? machine.classes : [];
      findings.push(...(await checkProvider(provider, { besides })));
    }
  } catch (error) {
    say('error', error);
  }
  return findings;
}
