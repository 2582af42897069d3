import { join } from 'node:path';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';

/** Whose single-use passwords let in here: by this key (base64 of DER), for these targets. */
export interface PasswordTrust {
  readonly publicKey: string;
  readonly targets: readonly string[];
}

const pathIn = (stateFolder: string): string => join(stateFolder, 'single-use-passwords.json');

/** What a server told last; null when none did, or when it cannot be read: it is told again with the next report. */
export async function readPasswordTrust(stateFolder: string): Promise<PasswordTrust | null> {
  try {
    const text = await readIfThere(pathIn(stateFolder));
    const { publicKey, targets } = JSON.parse(text ?? '{}') as Partial<PasswordTrust>;
    return typeof publicKey === 'string' && Array.isArray(targets) ? { publicKey, targets } : null;
  } catch {
    return null;
  }
}

export const writePasswordTrust = (stateFolder: string, trust: PasswordTrust): Promise<void> =>
  writeDurably(pathIn(stateFolder), `${JSON.stringify(trust)}\n`);
