import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { type Libc, linux, systemError } from './libc.ts';
import { type Poller, poller, type Source } from './poller.ts';
import { socketAddress } from './socket-address.ts';

/** Whoever has a socket: told of what happens on it, one at a time. */
export interface KernelSocketOwner<Owned = KernelSocket> {
  /** `bytes` are valid until this returns, for they lie in memory that all sockets are read into: what is to be kept is copied. */
  data(from: Owned, bytes: Buffer): void;
  /** The other side said its last. */
  ended(from: Owned): void;
  closed(from: Owned, hadError: boolean): void;
  /** What was written is with the kernel. */
  drained?(from: Owned): void;
  connected?(to: Owned): void;
  failed?(from: Owned, error: NodeJS.ErrnoException): void;
}

const nobody: KernelSocketOwner = { data: () => {}, ended: () => {}, closed: () => {} };
const memoryBytes = 256 * 1024;
/** What is shorter is copied before it is sent: an address that is known costs less than to ask where a buffer lies. */
const shortBytes = 4096;
const attemptMs = 250;
/** So many portions are read before others have their turn. */
const portionsAtOnce = 4;
const { epollIn, epollOut, epollPeerHangUp, epollError, epollHangUp, epollEdge } = linux;
const interest = epollIn | epollOut | epollPeerHangUp | epollEdge;
const hungUp = epollPeerHangUp | epollHangUp | epollError;

interface Shared {
  readonly poller: Poller;
  readonly libc: Libc;
  readonly memory: Buffer;
  readonly memoryAddress: bigint;
  readonly short: Buffer;
  readonly shortAddress: bigint;
  readonly number: Buffer;
  readonly numberAddress: bigint;
  readonly length: Buffer;
  readonly lengthAddress: bigint;
}

let shared: Shared | null = null;

/** What all sockets of this thread have in common. */
function sharedHere(): Shared {
  if (shared) return shared;
  const here = poller();
  const { addressOf } = here.libc;
  const memory = Buffer.allocUnsafeSlow(memoryBytes);
  const short = Buffer.allocUnsafeSlow(shortBytes);
  const number = Buffer.allocUnsafeSlow(8);
  const length = Buffer.allocUnsafeSlow(4);
  length.writeInt32LE(4);
  shared = {
    poller: here,
    libc: here.libc,
    memory,
    memoryAddress: addressOf(memory),
    short,
    shortAddress: addressOf(short),
    number,
    numberAddress: addressOf(number),
    length,
    lengthAddress: addressOf(length),
  };
  return shared;
}

/** Sets one of the kernel's options, a whole number or two. */
export function setOption(libc: Libc, fd: number, level: number, name: number, ...values: readonly number[]): void {
  const { number, numberAddress } = sharedHere();
  for (const [n, value] of values.entries()) number.writeInt32LE(value, n * 4);
  libc.calls.setsockopt(fd, level, name, numberAddress, values.length * 4);
}

/**
 * A TCP connection by the kernel's own calls, without Node's streams: six tenths of their processor time for connections that come, are passed on and go (see bench).
 * Reads into memory that is used again, tells one owner instead of listeners, and is half-open when one side has said its last. It is closed when both have, or by
 * `destroy`. The owner is never called from within a call of the socket's.
 */
export class KernelSocket implements Source {
  /** −1 while a name is looked up, and when it is closed. */
  fd: number;
  destroyed = false;
  readableEnded = false;
  /** `end` was called. */
  writableEnded = false;
  /** For whoever counts sockets; the owner is told beside. */
  onClosed: (() => void) | null = null;
  readonly #shared: Shared;
  #owner: KernelSocketOwner = nobody;
  #connecting: boolean;
  #paused = false;
  /** There may be something to read. */
  #readable = false;
  #asked = false;
  #hungUp = false;
  /** Addresses that were not dialled yet. */
  #others: { readonly host: string; readonly port: number }[] | null = null;
  #attempt: NodeJS.Timeout | undefined;
  #pending: Buffer[] | null = null;
  #pendingBytes = 0;
  #error: NodeJS.ErrnoException | null = null;

  private constructor(fd: number, connecting: boolean) {
    this.#shared = sharedHere();
    this.fd = fd;
    this.#connecting = connecting;
  }

  /** A connection that the kernel made already; it is not blocking. Whoever gets it has to own it at once. Null, and it is closed, when the kernel watches no more. */
  static accepted(fd: number): KernelSocket | null {
    const socket = new KernelSocket(fd, false);
    if (socket.#shared.poller.add(socket, interest)) return socket;
    socket.#shared.libc.calls.close(fd);
    return null;
  }

  /**
   * Dials; a name's addresses one after the other, each but the last for a moment only, as Node does. Its owner is told by `connected`, or by `failed` and `closed`.
   * Sends without delay.
   *
   * @throws RangeError when the port is none
   */
  static connect({ host, port }: { readonly host: string; readonly port: number }): KernelSocket {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(`${port} is no port`);
    const socket = new KernelSocket(-1, true);
    if (isIP(host)) socket.#dial(host, port);
    else
      lookup(host, { all: true }, (error, found) => {
        if (socket.destroyed) return;
        socket.#others = (found ?? []).map(({ address }) => ({ host: address, port }));
        if (error) socket.#break(error);
        else socket.#dialNext();
      });
    return socket;
  }

  /** Bytes that the kernel did not take yet. */
  get writableLength(): number {
    return this.#pendingBytes;
  }

  /** Whoever had it before hears no more of it. */
  set owner(owner: KernelSocketOwner) {
    this.#owner = owner;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#readable) this.#askForTurn();
  }

  /** Sends. False when the kernel does not take it all at once: the rest is copied and sent later, of which `drained` tells. */
  write(bytes: Uint8Array): boolean {
    if (this.destroyed || this.writableEnded) return false;
    if (!this.#pending && !this.#connecting) {
      const sent = this.#send(bytes);
      if (sent === bytes.length) return true;
      if (sent < 0) return false;
      bytes = bytes.subarray(sent);
    }
    this.#pending ??= [];
    this.#pending.push(Buffer.from(bytes));
    this.#pendingBytes += bytes.length;
    return false;
  }

  /** Says our last when all that was written is with the kernel. */
  end(): void {
    if (this.destroyed || this.writableEnded) return;
    this.writableEnded = true;
    if (!this.#pending && !this.#connecting) this.#shutdown();
  }

  /** Closes it, whatever is still to be written. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#pending = null;
    this.#pendingBytes = 0;
    clearTimeout(this.#attempt);
    this.#close();
    process.nextTick(() => this.#tellClosed());
  }

  /** Closes it by a reset, so that nothing remains in the kernel. */
  resetAndDestroy(): void {
    if (this.fd >= 0) setOption(this.#shared.libc, this.fd, linux.solSocket, linux.linger, 1, 0);
    this.destroy();
  }

  /** Gives the descriptor to somebody else. Nothing may be left to be written. The socket is destroyed then, of which nobody is told. */
  release(): number {
    const { fd } = this;
    this.#shared.poller.remove(this, 'lives on');
    this.destroyed = true;
    this.fd = -1;
    return fd;
  }

  ready(events: number): void {
    if (this.#connecting) {
      this.#settle(events);
      if (this.#connecting || this.destroyed) return;
    }
    if (events & hungUp) this.#hungUp = true;
    if (events & epollOut && this.#pending) this.#flush();
    if (events & (epollIn | hungUp)) {
      this.#readable = true;
      // What the other side broke is of no use even to whoever does not read now.
      if (events & epollError && this.#paused && !this.destroyed) this.#break(this.#socketError() ?? lost());
      else this.#read();
    }
  }

  goOn(): void {
    this.#asked = false;
    if (this.#readable) this.#read();
  }

  #askForTurn(): void {
    if (this.#asked || this.destroyed) return;
    this.#asked = true;
    this.#shared.poller.again(this);
  }

  #close(): void {
    if (this.fd < 0) return;
    this.#shared.poller.remove(this, 'is closed');
    this.#shared.libc.calls.close(this.fd);
    this.fd = -1;
  }

  #dialNext(): void {
    const next = this.#others!.shift()!;
    this.#close();
    clearTimeout(this.#attempt);
    if (this.#others!.length > 0) this.#attempt = setTimeout(() => this.#dialNext(), attemptMs);
    this.#dial(next.host, next.port);
  }

  #dial(host: string, port: number): void {
    const { libc, poller: here } = this.#shared;
    const to = socketAddress(libc, host, port);
    const fd = libc.calls.socket(to.family, linux.stream | linux.nonBlocking | linux.closeOnExec, 0);
    if (fd < 0) {
      this.#break(systemError('socket', libc.errno()));
      return;
    }
    this.fd = fd;
    setOption(libc, fd, linux.tcp, linux.noDelay, 1);
    const failed = libc.calls.connect(fd, to.pointer, to.bytes.length) < 0 ? libc.errno() : 0;
    if (!here.add(this, interest)) this.#break(systemError('connect', linux.noMemory));
    else if (failed !== 0 && failed !== linux.inProgress)
      this.#break(systemError('connect', failed, `${host}:${port}`));
  }

  /** The kernel says how the dialling went. */
  #settle(events: number): void {
    if (events & (epollError | epollHangUp)) {
      this.#break(this.#socketError() ?? lost());
      return;
    }
    this.#connecting = false;
    clearTimeout(this.#attempt);
    this.#owner.connected?.(this);
    if (this.#pending) this.#flush();
    else if (this.writableEnded && !this.destroyed) this.#shutdown();
  }

  #socketError(): NodeJS.ErrnoException | null {
    const { libc, number, numberAddress, lengthAddress } = this.#shared;
    libc.calls.getsockopt(this.fd, linux.solSocket, linux.error, numberAddress, lengthAddress);
    const errno = number.readInt32LE();
    return errno === 0 ? null : systemError(this.#connecting ? 'connect' : 'read', errno);
  }

  #read(): void {
    const { libc, memory, memoryAddress } = this.#shared;
    for (let portions = 0; portions < portionsAtOnce; portions++) {
      if (this.#paused || this.destroyed || this.readableEnded) return;
      const count = libc.calls.recv(this.fd, memoryAddress, memoryBytes, 0);
      if (count > 0) {
        // Less than was asked for is all that there is; but for the other side's last word, of which we were told already.
        if (count < memoryBytes && !this.#hungUp) this.#readable = false;
        this.#owner.data(this, memory.subarray(0, count));
        if (!this.#readable) return;
      } else if (count === 0) {
        this.readableEnded = true;
        this.#readable = false;
        this.#owner.ended(this);
        this.#closeWhenBothEnded();
        return;
      } else {
        const errno = libc.errno();
        if (errno === linux.interrupted) continue;
        this.#readable = false;
        if (errno !== linux.again) this.#break(systemError('read', errno));
        return;
      }
    }
    this.#askForTurn();
  }

  /** How many bytes the kernel took; −1 when the connection is broken. */
  #send(bytes: Uint8Array): number {
    const { libc } = this.#shared;
    for (;;) {
      const sent = libc.calls.send(this.fd, this.#addressOf(bytes), bytes.length, linux.noSignal);
      if (sent >= 0) return sent;
      const errno = libc.errno();
      if (errno === linux.interrupted) continue;
      if (errno === linux.again) return 0;
      this.#break(systemError('write', errno));
      return -1;
    }
  }

  #addressOf(bytes: Uint8Array): bigint {
    const { libc, memory, memoryAddress, short, shortAddress } = this.#shared;
    if (bytes.buffer === memory.buffer && bytes.byteOffset === memory.byteOffset) return memoryAddress;
    if (bytes.length > shortBytes) return libc.addressOf(bytes);
    short.set(bytes);
    return shortAddress;
  }

  #flush(): void {
    const pending = this.#pending!;
    while (pending.length > 0) {
      const [first] = pending as [Buffer];
      const sent = this.#send(first);
      if (sent < 0) return;
      this.#pendingBytes -= sent;
      if (sent < first.length) {
        pending[0] = first.subarray(sent);
        return;
      }
      pending.shift();
    }
    this.#pending = null;
    if (this.writableEnded) this.#shutdown();
    else this.#owner.drained?.(this);
  }

  #shutdown(): void {
    this.#shared.libc.calls.shutdown(this.fd, linux.shutWrite);
    this.#closeWhenBothEnded();
  }

  #closeWhenBothEnded(): void {
    if (this.readableEnded && this.writableEnded && !this.#pending) this.destroy();
  }

  #break(error: NodeJS.ErrnoException): void {
    if (this.destroyed) return;
    if (this.#connecting && this.#others && this.#others.length > 0) {
      this.#dialNext();
      return;
    }
    this.#error = error;
    this.destroy();
  }

  #tellClosed(): void {
    const error = this.#error;
    if (error) this.#owner.failed?.(this, error);
    // Whoever heard of the error may have given it up.
    this.#owner.closed(this, error !== null);
    this.onClosed?.();
  }
}

const lost = (): NodeJS.ErrnoException => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
