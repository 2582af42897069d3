import type { ServerOptions as TlsOptions } from 'node:https';
import type { ListenerEntry, ServiceSettings } from '../config/listener-entry.ts';
import { type HttpEdge, openEdge, type TlsIdentity } from './http-edge.ts';
import type { Service } from './serve-request.ts';

/** All open ports: they follow the settings. */
export class HttpEdges {
  readonly #service: Service;
  #tls: TlsIdentity | null;
  readonly #tlsOptions: TlsOptions;
  #open: readonly HttpEdge[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(service: Service, tls: TlsIdentity | null, tlsOptions: TlsOptions) {
    this.#service = service;
    this.#tls = tls;
    this.#tlsOptions = tlsOptions;
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
    const wanted = config.Service.AllowRemoteAccess ? listeners.filter((one) => one.enabled) : [];
    const key = (one: ListenerEntry) => JSON.stringify(one);
    const keys = new Set(wanted.map(key));
    for (const one of this.#open) if (!keys.has(key(one.entry))) await one.close();
    const kept = this.#open.filter((one) => keys.has(key(one.entry)));
    this.#open = kept;
    for (const one of kept) one.refresh();
    for (const entry of wanted) {
      if (kept.some((one) => key(one.entry) === key(entry))) continue;
      if (entry.transport === 'HTTPS' && !this.#tls) throw new Error('a listener with HTTPS needs a certificate');
      const edge = await openEdge(
        entry,
        entry.transport === 'HTTPS' ? this.#tls : null,
        this.#service,
        this.#tlsOptions,
      );
      this.#open = [...this.#open, edge];
    }
  }
}
