import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { KernelSocket, setOption } from './kernel-socket.ts';
import { type Libc, linux, systemError } from './libc.ts';
import { type Poller, poller, type Source } from './poller.ts';
import { ipOf, portOf, socketAddress } from './socket-address.ts';

export interface KernelListenerOptions {
  /** An IP address, or a name that has one. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Connections that the kernel keeps until they are taken. */
  readonly backlog: number;
  /** After so many milliseconds without a word the kernel asks whether the other side is still there; ten questions later, a second each, it is not. */
  readonly quietMs: number;
}

export interface KernelListener {
  readonly port: number;
  /** Takes no more connections; those that are there go on. */
  close(): void;
}

/** So many connections are taken before others have their turn. */
const acceptedAtOnce = 64;
/** When the process may not have more descriptors, it waits for some to be closed. */
const fullMs = 100;
const v6Bytes = 28;

/**
 * Listens, and hands over connections, which send without delay.
 *
 * @param take gets the socket, which it has to own at once, and the IP address of the other side
 * @throws Error with the kernel's code: EADDRINUSE, EACCES …
 */
export async function listenKernel(
  options: KernelListenerOptions,
  take: (socket: KernelSocket, address: string) => void,
): Promise<KernelListener> {
  const ip = isIP(options.host) ? options.host : (await lookup(options.host)).address;
  return new Listening(poller(), bound(poller().libc, ip, options), take);
}

/** A descriptor that listens. What is set on it, its connections have from the beginning. */
function bound(libc: Libc, ip: string, { port, backlog, quietMs }: KernelListenerOptions): number {
  const { calls } = libc;
  const at = socketAddress(libc, ip, port);
  const fd = calls.socket(at.family, linux.stream | linux.nonBlocking | linux.closeOnExec, 0);
  if (fd < 0) throw systemError('socket', libc.errno());
  setOption(libc, fd, linux.solSocket, linux.reuseAddress, 1);
  if (at.family === linux.inet6) setOption(libc, fd, linux.ipv6, linux.v6Only, 0);
  setOption(libc, fd, linux.tcp, linux.noDelay, 1);
  setOption(libc, fd, linux.solSocket, linux.keepAlive, 1);
  setOption(libc, fd, linux.tcp, linux.keepIdle, Math.max(1, Math.round(quietMs / 1000)));
  setOption(libc, fd, linux.tcp, linux.keepInterval, 1);
  setOption(libc, fd, linux.tcp, linux.keepCount, 10);
  if (calls.bind(fd, at.bytes, at.bytes.length) < 0 || calls.listen(fd, backlog) < 0) {
    const error = systemError('listen', libc.errno(), `${ip}:${port}`);
    calls.close(fd);
    throw error;
  }
  return fd;
}

class Listening implements KernelListener, Source {
  readonly fd: number;
  readonly port: number;
  readonly #poller: Poller;
  readonly #take: (socket: KernelSocket, address: string) => void;
  readonly #peer = Buffer.allocUnsafeSlow(v6Bytes);
  readonly #length = Buffer.allocUnsafeSlow(4);
  readonly #peerAddress: bigint;
  readonly #lengthAddress: bigint;
  #full: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(here: Poller, fd: number, take: (socket: KernelSocket, address: string) => void) {
    this.#poller = here;
    this.#take = take;
    this.fd = fd;
    this.#peerAddress = here.libc.addressOf(this.#peer);
    this.#lengthAddress = here.libc.addressOf(this.#length);
    this.#length.writeInt32LE(v6Bytes);
    here.libc.calls.getsockname(fd, this.#peerAddress, this.#lengthAddress);
    this.port = portOf(this.#peer);
    if (here.add(this, linux.epollIn)) return;
    here.libc.calls.close(fd);
    throw new Error('the kernel watches no more sockets');
  }

  /** Not edge-triggered: what is left in the queue is told of again. */
  ready(): void {
    const { libc } = this.#poller;
    for (let count = 0; count < acceptedAtOnce && !this.#isClosed; count++) {
      this.#length.writeInt32LE(v6Bytes);
      const flags = linux.nonBlocking | linux.closeOnExec;
      const fd = libc.calls.accept4(this.fd, this.#peerAddress, this.#lengthAddress, flags);
      if (fd < 0) {
        const errno = libc.errno();
        if (isFull.has(errno)) this.#rest();
        // A client that is gone already is no reason not to take the next one.
        if (errno === linux.again || isFull.has(errno)) return;
        continue;
      }
      const socket = KernelSocket.accepted(fd);
      if (socket) this.#take(socket, ipOf(libc, this.#peer));
    }
  }

  goOn(): void {}

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#full) clearTimeout(this.#full);
    this.#poller.remove(this, 'is closed');
    this.#poller.libc.calls.close(this.fd);
  }

  #rest(): void {
    this.#poller.remove(this, 'lives on');
    this.#full = setTimeout(() => {
      this.#full = null;
      if (!this.#poller.add(this, linux.epollIn)) this.#rest();
    }, fullMs);
  }
}

/** EMFILE, ENFILE, ENOBUFS, ENOMEM. */
const isFull = new Set([24, 23, 105, 12]);
