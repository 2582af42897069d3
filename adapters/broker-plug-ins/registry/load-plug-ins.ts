import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Provider } from '@atelier/plugin-kit/broker';
import { trustedFolder } from '../../plug-in-folder/index.ts';
import { calendarPlugIn } from '../calendar-plug-in.ts';
import type { ChainPlugIn } from '../chain-plug-in.ts';
import { isolatePlugIn } from './isolate-plug-in.ts';
import { nameIn, readManifest } from './plug-in-manifest.ts';
import { type PlugInProblem, problemOf } from './plug-in-problem.ts';
import { over, partOf, type Registration, registrationOf } from './registration.ts';

/** Where the broker's plug-ins lie: `ATELIER_BROKER_PLUGINS`, or `/etc/atelier/broker-plug-ins`. */
export function brokerPlugInFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.ATELIER_BROKER_PLUGINS || '/etc/atelier/broker-plug-ins';
}

export interface LoadOptions {
  /** One folder for each plug-in lies in it. There may be none. */
  readonly folder: string;
  /** The stores and services that a plug-in is given; `settings` and `providerName` are those of the registration. */
  readonly providerFor: (registration: Registration) => Provider;
  /** Told of every plug-in that there is; gives what an administrator said over it, e.g. the registry of the directory. */
  readonly announce?: (registration: Registration) => Partial<Registration> | Promise<Partial<Registration>>;
  /** Milliseconds that plug-ins are waited for; those that take longer go on starting beside. Left out: each is waited for until it is ready or failed. */
  readonly patienceMs?: number;
  /** Throws unless the folder may be run from; usually it must not be writable by others. */
  readonly accept?: (folder: string) => Promise<unknown>;
}

export interface LoadedPlugIns {
  /** Those that are enabled, also when one of them did not start: it is tried again. */
  readonly plugIns: readonly ChainPlugIn[];
  /** Those that there are, enabled or not. */
  readonly registrations: readonly Registration[];
  /** Folders that cannot be used, and why. */
  readonly problems: readonly PlugInProblem[];
}

/** Plug-ins that come with the broker, and run in its own thread once the administrator enables them. */
const ownPlugIns = { calendar: calendarPlugIn };

const ownRegistration = (name: string): Registration => ({
  name,
  source: 'atelier',
  provider: 'atelier',
  priority: 0,
  enabled: false,
  collections: null,
  budgets: {},
  onFailure: 'continue',
  allowExternal: false,
  settings: {},
});

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    return found
      .filter((one) => one.isDirectory() && !one.name.startsWith('.'))
      .map((one) => join(folder, one.name))
      .toSorted();
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ENOENT') return [];
    throw error;
  }
}

/** Waits for all of them, but not for longer than is said. */
async function within(work: Promise<unknown>, milliseconds: number | undefined): Promise<void> {
  if (milliseconds === undefined) return void (await work);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/**
 * Reads a folder of plug-ins and starts those that are enabled, with those that come with the broker (`calendar`). A plug-in that cannot be used is told
 * of; it never keeps the others from running.
 */
export async function loadPlugIns(options: LoadOptions): Promise<LoadedPlugIns> {
  const { providerFor, announce = () => ({}), accept = trustedFolder } = options;
  const problems: PlugInProblem[] = [];
  const registrations: Registration[] = [];
  const plugIns: ChainPlugIn[] = [];
  const starting: Promise<unknown>[] = [];
  const register = async (said: Registration): Promise<Registration> => {
    const registration = over(said, await announce(said));
    registrations.push(registration);
    return registration;
  };
  for (const [name, create] of Object.entries(ownPlugIns))
    try {
      const registration = await register(ownRegistration(name));
      if (!registration.enabled) continue;
      const plugin = create(registration.settings);
      plugIns.push({ ...partOf(registration), plugin, runs: 'in-process', isolation: null });
    } catch (error) {
      problems.push(problemOf(name, name, error));
    }
  const folders = await foldersIn(options.folder).catch((error: unknown) => {
    problems.push(problemOf(options.folder, null, error));
    return [];
  });
  for (const folder of folders)
    try {
      await accept(folder);
      const manifest = await readManifest(folder);
      const { name } = manifest;
      if (name === 'atelier' || registrations.some((one) => one.name === name))
        throw new Error(`there is a plug-in ${name} already: give it another name`);
      const registration = await register(registrationOf(manifest, folder));
      if (!registration.enabled) continue;
      const { plugIn, isolated } = isolatePlugIn(manifest, registration, providerFor(registration));
      plugIns.push(plugIn);
      // Its status tells of it; a rejection that nobody waits for yet would end the broker.
      starting.push(isolated.start().catch(() => undefined));
    } catch (error) {
      problems.push(problemOf(folder, await nameIn(folder), error));
    }
  await within(Promise.all(starting), options.patienceMs);
  return { plugIns, registrations, problems };
}
