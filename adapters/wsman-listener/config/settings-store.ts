import type { ServiceSettings } from './listener-entry.ts';

/** Holds the settings while the service runs: everybody asks `current` when they need one, so that a change takes effect at once. */
export class SettingsStore {
  #current: ServiceSettings;
  readonly #save: (settings: ServiceSettings) => Promise<void>;
  readonly #watchers = new Set<(settings: ServiceSettings) => void | Promise<void>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: ServiceSettings, save: (settings: ServiceSettings) => Promise<void> = async () => {}) {
    this.#current = settings;
    this.#save = save;
  }

  get current(): ServiceSettings {
    return this.#current;
  }

  /** Calls `watcher` after each change; gives the function that ends it. */
  watch(watcher: (settings: ServiceSettings) => void | Promise<void>): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Changes the settings, one change after the other: they are saved before they are in force. `change` throws to refuse. */
  update(change: (settings: ServiceSettings) => ServiceSettings): Promise<ServiceSettings> {
    const work = this.#last.then(async () => {
      const next = change(this.#current);
      await this.#save(next);
      this.#current = next;
      for (const watcher of this.#watchers) await watcher(next);
      return next;
    });
    this.#last = work.catch(() => {});
    return work;
  }
}
