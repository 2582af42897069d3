import { wmiPrefix } from '@atelier/cim';
import type { Capability, CimProvider, ResourceDeclaration, ResourceProvider } from '@atelier/plugin-kit';
import { createNamespaces } from '../cim-namespace.ts';
import { type AcceptFolder, type LoadedPlugin, loadPlugin, pluginFolders } from './load-plugin.ts';

/** What became of one plug-in. */
export type PluginState =
  | { readonly state: 'loading'; readonly folder: string }
  | { readonly state: 'failed'; readonly folder: string; readonly error: string }
  | {
      readonly state: 'loaded';
      readonly folder: string;
      readonly name: string;
      /** What it answers for; the classes of a CIM provider as the URI of their namespace. */
      readonly resources: readonly Pick<ResourceDeclaration, 'uri' | 'exact' | 'capabilities'>[];
      /** Names of the classes that it adds. */
      readonly classes: readonly string[];
    };

export interface PluginSetOptions {
  /** Providers whose classes the plug-ins' must fit, and which win when they do not. */
  readonly besides?: readonly CimProvider[];
  readonly accept?: AcceptFolder;
  /** Told at once whenever `providers` or `resourceProviders` changed. */
  readonly changed?: () => void;
}

type Entry =
  | { readonly state: 'loading'; readonly before: LoadedPlugin | null }
  | { readonly state: 'loaded'; readonly plugin: LoadedPlugin }
  | { readonly state: 'failed'; readonly error: string };

/** Which operations classes of a provider have. Those that read are the engine's own. */
function capabilitiesOf(provider: CimProvider): readonly Capability[] {
  const sources = Object.values(provider.sources);
  const given = (['put', 'create', 'delete', 'invoke'] as const).filter((name) => sources.some((one) => one[name]));
  return ['get', 'enumerate', 'subscribe', ...given];
}

const pluginOf = (entry: Entry): LoadedPlugin | null =>
  entry.state === 'loaded' ? entry.plugin : entry.state === 'loading' ? entry.before : null;

const stopped = async (entry: Entry | undefined): Promise<void> => {
  await (entry && pluginOf(entry))?.provider.stop?.();
};

function resourcesOf({ kind, provider }: LoadedPlugin): readonly ResourceDeclaration[] {
  return kind === 'resource-provider'
    ? provider.resources
    : [{ uri: `${wmiPrefix}${provider.namespace}`, exact: false, capabilities: capabilitiesOf(provider) }];
}

/** Throws when two resource providers would answer for the same URI. */
function needOwnResources(provider: ResourceProvider, others: readonly ResourceProvider[]): void {
  for (const { uri } of provider.resources)
    for (const other of others)
      if (other.resources.some((one) => one.uri.toLowerCase() === uri.toLowerCase()))
        throw new Error(`${uri} is declared by two plug-ins: ${other.name} and ${provider.name}`);
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The plug-ins of a folder (`folder/NAME/plugin.json`), each in a process of its own. They are loaded side by side, and each serves as soon as it is
 * there: one that hangs or fails is told in `states`, and keeps no other waiting. Of two that do not fit each other, the first by name stays.
 */
export class PluginSet {
  readonly #folder: string;
  readonly #besides: readonly CimProvider[];
  readonly #accept: AcceptFolder | undefined;
  readonly #changed: () => void;
  readonly #entries = new Map<string, Entry>();
  #providers: readonly CimProvider[] = [];
  #resourceProviders: readonly ResourceProvider[] = [];
  /** Why a loaded plug-in is left out all the same, by folder. */
  #misfits: ReadonlyMap<string, string> = new Map();
  #last: Promise<void> = Promise.resolve();
  readonly #stopped = new AbortController();

  constructor(folder: string, options: PluginSetOptions = {}) {
    this.#folder = folder;
    this.#besides = options.besides ?? [];
    this.#accept = options.accept;
    this.#changed = options.changed ?? (() => {});
  }

  /** Those that serve now. */
  get providers(): readonly CimProvider[] {
    return this.#providers;
  }

  /** Those that serve resources of their own now; another array when they changed. */
  get resourceProviders(): readonly ResourceProvider[] {
    return this.#resourceProviders;
  }

  get states(): readonly PluginState[] {
    return [...this.#entries].map(([folder, entry]): PluginState => {
      if (entry.state === 'loading') return { state: 'loading', folder };
      const error = entry.state === 'failed' ? entry.error : this.#misfits.get(folder);
      if (entry.state === 'failed' || error !== undefined) return { state: 'failed', folder, error: error ?? '' };
      const { kind, provider } = entry.plugin;
      const classes = kind === 'cim-provider' ? provider.classes.map((one) => one.name) : [];
      return { state: 'loaded', folder, name: provider.name, resources: resourcesOf(entry.plugin), classes };
    });
  }

  /** Reads the folder again and starts every plug-in anew; each serves on as it was until its successor is there. Never throws: see `states`. Calls run one after the other. */
  reload(): Promise<void> {
    this.#last = this.#last.then(() => this.#read());
    return this.#last;
  }

  async #read(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    let folders: readonly string[];
    try {
      folders = await pluginFolders(this.#folder);
      this.#entries.delete(this.#folder);
    } catch (error) {
      // What runs was good: a folder that cannot be read does not say that it is gone.
      this.#entries.set(this.#folder, { state: 'failed', error: `the folder cannot be read: ${textOf(error)}` });
      return;
    }
    const gone = [...this.#entries].filter(([folder]) => !folders.includes(folder));
    const before = new Map([...this.#entries].map(([folder, entry]) => [folder, pluginOf(entry)]));
    this.#entries.clear();
    for (const one of folders) this.#entries.set(one, { state: 'loading', before: before.get(one) ?? null });
    this.#fit();
    await Promise.all([...gone.map(([, entry]) => stopped(entry)), ...folders.map((one) => this.#load(one))]);
    for (const [one, error] of this.#misfits) {
      const misfit = this.#entries.get(one);
      this.#entries.set(one, { state: 'failed', error });
      await stopped(misfit);
    }
  }

  async #load(folder: string): Promise<void> {
    const before = this.#entries.get(folder);
    let entry: Entry;
    try {
      entry = { state: 'loaded', plugin: await loadPlugin(folder, this.#accept, this.#stopped.signal) };
    } catch (error) {
      entry = { state: 'failed', error: textOf(error) };
    }
    if (this.#stopped.signal.aborted) await stopped(entry);
    else {
      this.#entries.set(folder, entry);
      this.#fit();
    }
    await stopped(before);
  }

  #fit(): void {
    const good: CimProvider[] = [];
    const resourceProviders: ResourceProvider[] = [];
    const misfits = new Map<string, string>();
    for (const [folder, entry] of this.#entries) {
      const plugin = pluginOf(entry);
      if (!plugin) continue;
      const { name } = plugin.provider;
      try {
        if ([...good, ...resourceProviders].some((one) => one.name.toLowerCase() === name.toLowerCase()))
          throw new Error(`another plug-in is called ${name}: change the name in one's plugin.json`);
        if (plugin.kind === 'cim-provider') {
          createNamespaces([...this.#besides, ...good, plugin.provider]);
          good.push(plugin.provider);
        } else {
          needOwnResources(plugin.provider, resourceProviders);
          resourceProviders.push(plugin.provider);
        }
      } catch (error) {
        misfits.set(folder, textOf(error));
      }
    }
    this.#misfits = misfits;
    this.#providers = good;
    this.#resourceProviders = resourceProviders;
    this.#changed();
  }

  /** Ends all processes for good. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([...this.#entries.values()].map(stopped));
    await this.#last;
  }
}
