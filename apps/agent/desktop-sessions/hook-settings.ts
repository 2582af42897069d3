import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@atelier/adapters/durable-file';

/** That this machine's agent looks after desktop sessions, and where its hooks are. */
export interface HookSettings {
  readonly format: 1;
  /** Folder of the scripts. */
  readonly folder: string;
  /** PAM services that run them. */
  readonly services: readonly string[];
  readonly passwords: boolean;
}

export const hookSettingsPath = (stateFolder: string): string => join(stateFolder, 'desktop-sessions.json');

/** Null when no hooks are installed. Throws for a file that is damaged. */
export async function readHookSettings(stateFolder: string): Promise<HookSettings | null> {
  const path = hookSettingsPath(stateFolder);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const found = JSON.parse(text) as HookSettings;
    if (found.format !== 1 || !Array.isArray(found.services)) throw new Error('it is of another form');
    return found;
  } catch (cause) {
    throw new Error(`${path} is damaged: type "atelier agent session-hook install" again`, { cause });
  }
}

export const writeHookSettings = (stateFolder: string, settings: HookSettings): Promise<void> =>
  writeDurably(hookSettingsPath(stateFolder), `${JSON.stringify(settings)}\n`);
