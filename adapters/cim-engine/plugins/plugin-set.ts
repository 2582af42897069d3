import type { Capability, CimProvider } from '@atelier/plugin-kit';
import { createNamespaces } from '../cim-namespace.ts';
import { type AcceptFolder, loadPlugin, pluginFolders } from './load-plugin.ts';

/** What became of one plug-in. */
export type PluginState =
  | { readonly state: 'loading'; readonly folder: string }
  | { readonly state: 'failed'; readonly folder: string; readonly error: string }
  | {
      readonly state: 'loaded';
      readonly folder: string;
      readonly name: string;
      readonly namespace: string;
      readonly classes: readonly string[];
      readonly capabilities: readonly Capability[];
    };

export interface PluginSetOptions {
  /** Providers whose classes the plug-ins' must fit, and which win when they do not. */
  readonly besides?: readonly CimProvider[];
  readonly accept?: AcceptFolder;
  /** Told at once whenever `providers` changed. */
  readonly changed?: () => void;
}

type Entry =
  | { readonly state: 'loading'; readonly before: CimProvider | null }
  | { readonly state: 'loaded'; readonly provider: CimProvider }
  | { readonly state: 'failed'; readonly error: string };

/** Which operations classes of a provider have. Those that read are the engine's own. */
function capabilitiesOf(provider: CimProvider): readonly Capability[] {
  const sources = Object.values(provider.sources);
  const given = (['put', 'create', 'delete', 'invoke'] as const).filter((name) => sources.some((one) => one[name]));
  return ['get', 'enumerate', 'subscribe', ...given];
}

const providerOf = (entry: Entry): CimProvider | null =>
  entry.state === 'loaded' ? entry.provider : entry.state === 'loading' ? entry.before : null;

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

  get states(): readonly PluginState[] {
    return [...this.#entries].map(([folder, entry]): PluginState => {
      if (entry.state === 'loading') return { state: 'loading', folder };
      const error = entry.state === 'failed' ? entry.error : this.#misfits.get(folder);
      if (entry.state === 'failed' || error !== undefined) return { state: 'failed', folder, error: error ?? '' };
      const { name, namespace, classes } = entry.provider;
      const capabilities = capabilitiesOf(entry.provider);
      return { state: 'loaded', folder, name, namespace, classes: classes.map((one) => one.name), capabilities };
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
    const before = new Map([...this.#entries].map(([folder, entry]) => [folder, providerOf(entry)]));
    this.#entries.clear();
    for (const one of folders) this.#entries.set(one, { state: 'loading', before: before.get(one) ?? null });
    this.#fit();
    await Promise.all([
      ...gone.map(([, entry]) => providerOf(entry)?.stop?.()),
      ...folders.map((one) => this.#load(one)),
    ]);
    for (const [one, error] of this.#misfits) {
      const misfit = providerOf(this.#entries.get(one)!);
      this.#entries.set(one, { state: 'failed', error });
      await misfit?.stop?.();
    }
  }

  async #load(folder: string): Promise<void> {
    const before = providerOf(this.#entries.get(folder)!);
    let entry: Entry;
    try {
      entry = { state: 'loaded', provider: await loadPlugin(folder, this.#accept, this.#stopped.signal) };
    } catch (error) {
      entry = { state: 'failed', error: textOf(error) };
    }
    if (this.#stopped.signal.aborted) await providerOf(entry)?.stop?.();
    else {
      this.#entries.set(folder, entry);
      this.#fit();
    }
    await before?.stop?.();
  }

  #fit(): void {
    const good: CimProvider[] = [];
    const misfits = new Map<string, string>();
    for (const [folder, entry] of this.#entries) {
      const provider = providerOf(entry);
      if (!provider) continue;
      try {
        const other = good.find((one) => one.name.toLowerCase() === provider.name.toLowerCase());
        if (other) throw new Error(`another plug-in is called ${provider.name}: change the name in one's plugin.json`);
        createNamespaces([...this.#besides, ...good, provider]);
        good.push(provider);
      } catch (error) {
        misfits.set(folder, textOf(error));
      }
    }
    this.#misfits = misfits;
    this.#providers = good;
    this.#changed();
  }

  /** Ends all processes for good. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([...this.#entries.values()].map((one) => providerOf(one)?.stop?.()));
    await this.#last;
  }
}
