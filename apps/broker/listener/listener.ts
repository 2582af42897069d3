import type { Socket } from 'node:net';
import type { BrokerLimits } from '../broker-limits.ts';
import type { Wire } from '../wire.ts';
import { Admission, type Place } from './admission.ts';
import { listenForWires } from './listen-for-wires.ts';
import { type Opening, type OpeningRead, readOpening } from './read-opening.ts';

/** A connection whose opening was read: its wire is paused and nobody's, its errors are heard. */
export interface OpenedConnection {
  readonly wire: Wire;
  /** The connection as Node's socket, for TLS; the wire is none any more. */
  readonly toSocket: () => Socket;
  readonly opening: Opening;
  /** The client's IP address, without the prefix of IPv4 in IPv6. */
  readonly address: string;
  readonly place: Place;
}

export interface Listener {
  readonly port: number;
  readonly admission: Admission;
  /** Takes no more connections; those that are there go on. */
  close(): void;
  /** Cuts the connections that are there. */
  cut(): void;
  /** Resolves when no connection is left. */
  readonly idle: () => Promise<void>;
}

/** A connection that began with TLS in place of RDP's opening. */
export type TlsConnection = Pick<OpenedConnection, 'address' | 'place'> & { readonly socket: Socket };

const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

/**
 * Listens for RDP clients and hands over those that say something. `serve` owns the wire; what it throws is its own fault and cuts the
 * connection. @throws Error with code EADDRINUSE or EACCES when the port cannot be had
 */
export async function listen(
  at: { readonly host: string; readonly port: number },
  limits: BrokerLimits,
  serve: (connection: OpenedConnection) => Promise<void>,
  serveTls: ((connection: TlsConnection) => Promise<void>) | null,
  failed: (error: unknown, address: string) => void,
): Promise<Listener> {
  const admission = new Admission(limits);
  const open = new Set<Wire>();
  const serveOpening = (connection: Omit<OpenedConnection, 'opening'>, read: OpeningRead): Promise<void> | null => {
    const { wire, toSocket, address, place } = connection;
    if (read.kind === 'opening') return serve({ ...connection, opening: read });
    if (read.kind === 'tls' && serveTls) {
      if (wire.destroyed) return null;
      const socket = toSocket();
      socket.unshift(read.rest);
      return serveTls({ socket, address, place });
    }
    if (read.kind !== 'closed') admission.fault(address);
    wire.destroy();
    return null;
  };
  let whenIdle: (() => void) | null = null;
  const listening = await listenForWires(at, (incoming, from) => {
    const { wire } = incoming;
    const address = plainAddress(from);
    const place = admission.enter(address);
    if (!place) return incoming.reset();
    let held = wire;
    open.add(held);
    incoming.whenClosed(() => {
      open.delete(held);
      place.leave();
      if (open.size === 0) whenIdle?.();
    });
    const asSocket = () => {
      const socket = incoming.toSocket();
      open.delete(held);
      open.add(socket);
      held = socket;
      return socket;
    };
    readOpening(wire, limits.openingMs)
      .then((read) => serveOpening({ wire, toSocket: asSocket, address, place }, read))
      .catch((error: unknown) => {
        failed(error, address);
        held.destroy();
      });
  });
  return {
    port: listening.port,
    admission,
    close: () => listening.close(),
    cut: () => {
      for (const wire of open) wire.destroy();
    },
    idle: () =>
      new Promise((resolve) => {
        whenIdle = resolve;
        if (open.size === 0) resolve();
      }),
  };
}
