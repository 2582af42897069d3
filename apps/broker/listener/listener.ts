import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { BrokerLimits } from '../broker-limits.ts';
import { Admission, type Place } from './admission.ts';
import { type Opening, type OpeningRead, readOpening } from './read-opening.ts';

/** A connection whose opening was read: its socket is paused and nobody's, its errors are listened to. */
export interface OpenedConnection {
  readonly socket: Socket;
  readonly opening: Opening;
  /** The client's IP address, without the prefix of IPv4 in IPv6. */
  readonly address: string;
  readonly place: Place;
}

export interface Listener {
  readonly port: number;
  readonly admission: Admission;
  /** Takes no more connections; those that are there go on. */
  close(): Promise<void>;
  /** Cuts the connections that are there. */
  cut(): void;
  /** Resolves when no connection is left. */
  readonly idle: () => Promise<void>;
}

/** After so long without a word it is asked whether the client is still there: one that lost its network says nothing, and a relay would wait for ever. */
const quietMs = 60_000;

const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');

/**
 * Listens for RDP clients and hands over those that say something. `serve` owns the socket; what it throws is its own fault and cuts the
 * connection. @throws Error with code EADDRINUSE or EACCES when the port cannot be had
 */
export async function listen(
  at: { readonly host: string; readonly port: number },
  limits: BrokerLimits,
  serve: (connection: OpenedConnection) => Promise<void>,
  serveTls: ((connection: Pick<OpenedConnection, 'socket' | 'address' | 'place'>) => Promise<void>) | null,
  failed: (error: unknown, address: string) => void,
): Promise<Listener> {
  const admission = new Admission(limits);
  const sockets = new Set<Socket>();
  const serveOpening = (socket: Socket, address: string, place: Place, read: OpeningRead): Promise<void> | null => {
    if (read.kind === 'opening') return serve({ socket, opening: read, address, place });
    if (read.kind === 'tls' && serveTls) return serveTls({ socket, address, place });
    if (read.kind !== 'closed') admission.fault(address);
    socket.destroy();
    return null;
  };
  const options = { noDelay: true, allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: quietMs };
  const server = createServer(options, (socket) => {
    const address = plainAddress(socket.remoteAddress);
    const place = admission.enter(address);
    if (!place) return socket.resetAndDestroy();
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      place.leave();
    });
    readOpening(socket, limits.openingMs)
      .then((read) => serveOpening(socket, address, place, read))
      .catch((error: unknown) => {
        failed(error, address);
        socket.destroy();
      });
  });
  server.listen({ host: at.host, port: at.port, backlog: 1024 });
  await once(server, 'listening');
  let closing: Promise<void> | null = null;
  return {
    port: (server.address() as AddressInfo).port,
    admission,
    close: () => {
      // `close` of a server waits for its connections: what is wanted here is only that no more come.
      closing ??= new Promise((resolve) => {
        server.close();
        resolve();
      });
      return closing;
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    idle: async () => {
      while (sockets.size > 0) await once(sockets.values().next().value!, 'close');
    },
  };
}
