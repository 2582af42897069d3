import type { ServerOptions as TlsOptions } from 'node:https';
import type { ListenerEntry, ServiceSettings } from '../config/listener-entry.ts';
import { type CompatibilityPorts, compatibilityListeners } from './compatibility-listeners.ts';
import { type HttpEdge, openEdge, type TlsIdentity } from './http-edge.ts';
import type { Service } from './serve-request.ts';

/** All open ports: they follow the settings. */
export class HttpEdges {
  readonly #service: Service;
  #tls: TlsIdentity | null;
  readonly #tlsOptions: TlsOptions;
  readonly #compatibilityPorts: CompatibilityPorts;
  #open: readonly HttpEdge[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    service: Service,
    tls: TlsIdentity | null,
    tlsOptions: TlsOptions,
    compatibilityPorts: CompatibilityPorts,
  ) {
    this.#service = service;
    this.#tls = tls;
    this.#tlsOptions = tlsOptions;
    this.#compatibilityPorts = compatibilityPorts;
  }

  get ports(): readonly { readonly entry: ListenerEntry; readonly port: number }[] {
    return this.#open.map(({ entry, port }) => ({ entry, port }));
  }

  /** Opens the ports that the settings have, closes those that they have no more. Throws when one cannot be had; the others stay. */
  follow(settings: ServiceSettings): Promise<void> {
    const work = this.#last.then(() => this.#follow(settings));
    this.#last = work.catch(() => {});
    return work;
  }

  /** Shows another certificate from now on; connections that are open stay as they are. */
  useTls(tls: TlsIdentity): void {
    this.#tls = tls;
    for (const one of this.#open) one.useTls(tls);
  }

  close(): Promise<void> {
    const work = this.#last.then(async () => {
      for (const one of this.#open) await one.close();
      this.#open = [];
    });
    this.#last = work;
    return work;
  }

  async #follow({ listeners, config }: ServiceSettings): Promise<void> {
    const compatible = compatibilityListeners(config.Service, this.#compatibilityPorts);
    const wanted = [...listeners.filter((one) => one.enabled), ...compatible];
    const key = (one: ListenerEntry) => JSON.stringify(one);
    const keys = new Set(wanted.map(key));
    for (const one of this.#open) if (!keys.has(key(one.entry))) await one.close();
    const kept = this.#open.filter((one) => keys.has(key(one.entry)));
    this.#open = kept;
    for (const one of kept) one.refresh();
    const failures: unknown[] = [];
    for (const entry of wanted) {
      if (kept.some((one) => key(one.entry) === key(entry))) continue;
      try {
        this.#open = [...this.#open, await this.#openOne(entry)];
      } catch (error) {
        // A web server may have the ports of old: that is no reason not to be reached at our own.
        if (compatible.includes(entry))
          this.#service.audit({ kind: 'failure', message: `port ${entry.port} cannot be had as well`, error });
        else failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async #openOne(entry: ListenerEntry): Promise<HttpEdge> {
    if (entry.transport === 'HTTP') return openEdge(entry, null, this.#service, this.#tlsOptions);
    if (!this.#tls) throw new Error('a listener with HTTPS needs a certificate');
    return openEdge(entry, this.#tls, this.#service, this.#tlsOptions);
  }
}
