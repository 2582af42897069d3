import { createSocket, type Socket } from 'node:dgram';
import { BmcUnreachable } from './ipmi-transport.ts';

/** How patient we are with a lossy network. */
export interface Patience {
  /** Milliseconds before the first repetition; it doubles each time. */
  readonly firstWait: number;
  /** How often a datagram is sent at most. */
  readonly attempts: number;
}

/** 0.4 s, 0.8 s, 1.6 s, 3.2 s, then given up: six seconds. */
export const usualPatience: Patience = { firstWait: 400, attempts: 4 };

/** A UDP socket that asks and repeats until a datagram is accepted as the answer. */
export interface DatagramExchange {
  /**
   * Sends what `datagram` makes (anew each time, since sequence numbers may not repeat) until `accept` gives a value for a received datagram.
   * Datagrams for which it gives undefined are dropped, as if they had been lost; what it throws is thrown.
   */
  ask<T>(datagram: () => Uint8Array, accept: (bytes: Uint8Array) => T | undefined, signal?: AbortSignal): Promise<T>;
  close(): void;
}

/** Opens a socket to one address. Throws what the system says when the name cannot be resolved. */
export async function openDatagramExchange(host: string, port: number, patience: Patience): Promise<DatagramExchange> {
  const socket = await connected(host, port);
  // A socket's error (port unreachable) is no more than a lost datagram: the machine may be starting.
  socket.on('error', () => undefined);
  return {
    ask: (datagram, accept, signal) => exchange(socket, patience, datagram, accept, signal, `${host}:${port}`),
    close: () => socket.close(),
  };
}

async function connected(host: string, port: number): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, host, () => {
        socket.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    socket.close();
    throw new BmcUnreachable(`cannot reach ${host}:${port}: check the address`, { cause: error });
  }
  return socket;
}

function exchange<T>(
  socket: Socket,
  patience: Patience,
  datagram: () => Uint8Array,
  accept: (bytes: Uint8Array) => T | undefined,
  signal: AbortSignal | undefined,
  where: string,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let sent = 0;
    let timer: NodeJS.Timeout;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      socket.off('message', receive);
      signal?.removeEventListener('abort', abort);
      act();
    };
    const abort = () => settle(() => reject(signal?.reason));
    const receive = (bytes: Uint8Array) => {
      try {
        const answer = accept(bytes);
        if (answer !== undefined) settle(() => resolve(answer));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const send = () => {
      if (sent >= patience.attempts)
        return settle(() =>
          reject(
            new BmcUnreachable(`no answer from ${where}: check the address, and that IPMI over LAN is switched on`),
          ),
        );
      timer = setTimeout(send, patience.firstWait * 2 ** sent);
      sent += 1;
      socket.send(datagram(), () => undefined);
    };
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('message', receive);
    send();
  });
}
