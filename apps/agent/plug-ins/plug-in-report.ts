import { join } from 'node:path';
import type { PluginState } from '@atelier/adapters/cim-engine';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';

const place = (stateFolder: string): string => join(stateFolder, 'plug-ins.json');

/** Keeps what became of the plug-ins for whoever asks from outside of the agent's process. */
export const writePluginReport = (stateFolder: string, states: readonly PluginState[]): Promise<void> =>
  writeDurably(place(stateFolder), `${JSON.stringify(states, null, 2)}\n`);

/** What became of the plug-ins when the agent read its folder last. Empty when it never has. */
export async function readPluginReport(stateFolder: string): Promise<readonly PluginState[]> {
  const text = await readIfThere(place(stateFolder));
  return text === null ? [] : (JSON.parse(text) as readonly PluginState[]);
}
