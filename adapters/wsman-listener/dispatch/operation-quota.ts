import { fault } from '@atelier/wsman';
import type { SettingsStore } from '../config/settings-store.ts';

/** Counts operations that run now (MaxConcurrentOperations, MaxConcurrentOperationsPerUser). */
export class OperationQuota {
  readonly #settings: SettingsStore;
  readonly #users = new Map<string, number>();
  #all = 0;

  constructor(settings: SettingsStore) {
    this.#settings = settings;
  }

  /** Begins one of the user's operations; throws QuotaLimit. */
  enter(user: string): void {
    const { Service } = this.#settings.current.config;
    const own = this.#users.get(user) ?? 0;
    if (own >= Service.MaxConcurrentOperationsPerUser) throw fault('userOperationsQuota');
    if (this.#all >= Service.MaxConcurrentOperations) throw fault('quotaLimit');
    this.#users.set(user, own + 1);
    this.#all++;
  }

  leave(user: string): void {
    const own = (this.#users.get(user) ?? 1) - 1;
    if (own === 0) this.#users.delete(user);
    else this.#users.set(user, own);
    this.#all--;
  }
}
