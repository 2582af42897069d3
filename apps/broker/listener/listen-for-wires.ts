import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { type KernelSocket, kernelSocketsWork, listenKernel } from '@atelier/adapters/kernel-sockets';
import type { Wire } from '../wire.ts';

/** A connection that came in. It has to be owned at once. */
export interface IncomingWire {
  readonly wire: Wire;
  /** `then` is called once, also when the wire has become a socket meanwhile. */
  whenClosed(then: () => void): void;
  /** Makes it Node's socket, paused, with its errors heard; nothing may be left to be written. */
  toSocket(): Socket;
  /** Closes it without a word. */
  reset(): void;
}

/** After so long without a word it is asked whether the client is still there: one that lost its network says nothing, and a relay would wait for ever. */
const quietMs = 60_000;
const backlog = 1024;

/**
 * Listens with the kernel's own sockets where they can be had, else with Node's. @throws Error with code EADDRINUSE or EACCES when the port cannot be had
 */
export const listenForWires = (
  at: { readonly host: string; readonly port: number },
  take: (wire: IncomingWire, address: string) => void,
): Promise<{ readonly port: number; close(): void }> =>
  kernelSocketsWork()
    ? listenKernel({ ...at, backlog, quietMs }, (socket, address) => take(new IncomingKernelSocket(socket), address))
    : listenBySockets(at, take);

async function listenBySockets(
  at: { readonly host: string; readonly port: number },
  take: (wire: IncomingWire, address: string) => void,
) {
  const options = { noDelay: true, allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: quietMs };
  const server = createServer(options, (socket) =>
    take(
      {
        wire: socket,
        whenClosed: (then) => socket.on('close', then),
        toSocket: () => socket,
        reset: () => socket.resetAndDestroy(),
      },
      socket.remoteAddress ?? '',
    ),
  );
  server.listen({ ...at, backlog });
  await once(server, 'listening');
  // `close` of a server waits for its connections: what is wanted here is only that no more come.
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

class IncomingKernelSocket implements IncomingWire {
  readonly wire: KernelSocket;
  #then: () => void = () => {};
  #socket: Socket | null = null;

  constructor(wire: KernelSocket) {
    this.wire = wire;
  }

  whenClosed(then: () => void): void {
    this.#then = then;
    this.wire.onClosed = then;
  }

  toSocket(): Socket {
    this.#socket ??= this.#become();
    return this.#socket;
  }

  reset(): void {
    this.wire.resetAndDestroy();
  }

  #become(): Socket {
    const socket = new Socket({ fd: this.wire.release(), allowHalfOpen: true, readable: true, writable: true });
    return socket
      .pause()
      .on('error', () => {})
      .on('close', this.#then);
  }
}
