import { BlockList, type Socket } from 'node:net';
import type { AddressFilter } from '../access/address-filter.ts';
import { reachable } from '../access/reachable.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { ServiceConfig } from '../config/winrm-config.ts';

const own = new BlockList();
own.addSubnet('127.0.0.0', 8, 'ipv4');
own.addAddress('::1', 'ipv6');

/** Whether the other end is this machine. */
function isLocal(socket: Socket): boolean {
  const address = socket.remoteAddress ?? '';
  const plain = address.replace(/^::ffff:/i, '');
  return address === socket.localAddress || own.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4');
}

/** Says which connections are taken, over all ports together: MaxConnections, AllowRemoteAccess, IPv4Filter and IPv6Filter. */
export class Admission {
  readonly #settings: SettingsStore;
  #filter: { readonly of: ServiceConfig; readonly passes: AddressFilter } | null = null;
  #open = 0;

  constructor(settings: SettingsStore) {
    this.#settings = settings;
  }

  /** Whether a connection may be, or stay. */
  allows(socket: Socket): boolean {
    const { Service } = this.#settings.current.config;
    if (this.#filter?.of !== Service) this.#filter = { of: Service, passes: reachable(Service) };
    return this.#filter.passes(socket.localAddress ?? '') && (Service.AllowRemoteAccess || isLocal(socket));
  }

  /** Takes a new connection, which counts until it is closed, or gives false. */
  take(socket: Socket): boolean {
    if (this.#open >= this.#settings.current.config.Service.MaxConnections || !this.allows(socket)) return false;
    this.#open++;
    socket.once('close', () => this.#open--);
    return true;
  }
}
