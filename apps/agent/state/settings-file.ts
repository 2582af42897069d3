import { join } from 'node:path';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';
import {
  defaultConfig,
  type ListenerEntry,
  type ServiceSettings,
  SettingsStore,
} from '@atelier/adapters/wsman-listener';

const listener = (transport: 'HTTP' | 'HTTPS', port: number): ListenerEntry => ({
  address: '*',
  transport,
  port,
  hostname: '',
  enabled: true,
  urlPrefix: 'wsman',
  certificateThumbprint: '',
});

/** Where WinRM listens over TLS. */
export const httpsListener: ListenerEntry = listener('HTTPS', 5986);
/** Where the agent listens when nobody says otherwise: encrypted only. */
export const defaultListeners: readonly ListenerEntry[] = [httpsListener];
/** Where WinRM listens over HTTP: messages are encrypted inside of it. */
export const httpListener: ListenerEntry = listener('HTTP', 5985);

/** The first settings: WinRM's, with Basic, which is offered over TLS only. */
export const firstSettings: ServiceSettings = {
  config: {
    ...defaultConfig,
    Service: { ...defaultConfig.Service, Auth: { ...defaultConfig.Service.Auth, Basic: true } },
  },
  listeners: defaultListeners,
  certificateMappings: [],
};

/** Fills what an older file lacks; a file that is no object of settings is refused. */
function merge(base: unknown, saved: unknown): unknown {
  if (saved === undefined) return base;
  if (typeof base !== 'object' || base === null || Array.isArray(base))
    return typeof saved === typeof base ? saved : base;
  if (typeof saved !== 'object' || saved === null) return base;
  return Object.fromEntries(
    Object.entries(base).map(([key, value]) => [key, merge(value, (saved as Record<string, unknown>)[key])]),
  );
}

/** Opens the settings in the state folder, `winrm.json`; they are saved before a change is in force. Throws for a file that cannot be read. */
export async function openSettings(folder: string, first: ServiceSettings = firstSettings): Promise<SettingsStore> {
  const path = join(folder, 'winrm.json');
  const save = (settings: ServiceSettings) => writeDurably(path, `${JSON.stringify(settings, null, 2)}\n`);
  const text = await readIfThere(path);
  if (text === null) {
    await save(first);
    return new SettingsStore(first, save);
  }
  let saved: ServiceSettings;
  try {
    saved = JSON.parse(text) as ServiceSettings;
  } catch (cause) {
    throw new Error(`${path} is no JSON: mend it, or remove it to begin with the defaults`, { cause });
  }
  if (!Array.isArray(saved.listeners))
    throw new Error(`${path} holds no settings: remove it to begin with the defaults`);
  return new SettingsStore({ ...(merge(firstSettings, saved) as ServiceSettings), listeners: saved.listeners }, save);
}
