import { type Libc, libc, linux } from './libc.ts';

/** Somebody who waits for a file descriptor. `events` are epoll's. */
export interface Source {
  readonly fd: number;
  ready(events: number): void;
  /** Asked for by {@link Poller.again}. */
  goOn(): void;
}

const mostEvents = 256;
// On x86-64 the structure is packed.
const eventBytes = process.arch === 'x64' ? 12 : 16;
const dataAt = eventBytes - 8;

/**
 * One epoll(7) in Node's event loop: readable itself as soon as one of its descriptors has something, which libuv tells once for all of them. Edge-triggered: who
 * was told reads until there is no more, or asks for another turn.
 */
export class Poller {
  readonly libc: Libc;
  readonly #sources: (Source | undefined)[] = [];
  /** Numbers of descriptors are used again at once: what the kernel tells of an earlier one must not reach the next. */
  readonly #generations: number[] = [];
  readonly #events = Buffer.allocUnsafeSlow(mostEvents * eventBytes);
  readonly #eventsView = new DataView(this.#events.buffer);
  readonly #order = Buffer.allocUnsafeSlow(eventBytes);
  readonly #orderView = new DataView(this.#order.buffer);
  readonly #eventsAddress: bigint;
  readonly #orderAddress: bigint;
  readonly #onReadable: bigint;
  #count = 0;
  #epoll = -1;
  #handle: Buffer | null = null;
  #waiting: Source[] = [];
  #isScheduled = false;

  constructor(calls: Libc) {
    this.libc = calls;
    this.#eventsAddress = calls.addressOf(this.#events);
    this.#orderAddress = calls.addressOf(this.#order);
    // Within libuv's call nothing is done but to ask for a turn: in its own, promises and errors are treated as everywhere.
    this.#onReadable = calls.onReadable(() => this.#schedule());
  }

  /** False when the kernel watches no more. */
  add(source: Source, events: number): boolean {
    if (this.#count === 0) this.#start();
    const { fd } = source;
    const generation = ((this.#generations[fd] ?? 0) + 1) >>> 0;
    this.#sources[fd] = source;
    this.#generations[fd] = generation;
    this.#count += 1;
    this.#orderView.setUint32(0, events >>> 0, true);
    this.#orderView.setUint32(dataAt, fd, true);
    this.#orderView.setUint32(dataAt + 4, generation, true);
    if (this.libc.calls.epoll_ctl(this.#epoll, linux.epollAdd, fd, this.#orderAddress) === 0) return true;
    this.remove(source, 'is closed');
    return false;
  }

  /** For a descriptor that somebody else is to have, or that is about to be closed, which takes it out by itself. */
  remove(source: Source, next: 'is closed' | 'lives on'): void {
    if (this.#sources[source.fd] !== source) return;
    this.#sources[source.fd] = undefined;
    this.#count -= 1;
    if (next === 'lives on') this.libc.calls.epoll_ctl(this.#epoll, linux.epollDelete, source.fd, this.#orderAddress);
    if (this.#count === 0) setImmediate(() => this.#stopUnlessUsed());
  }

  /** Calls `goOn` after whoever waits already had a turn. */
  again(source: Source): void {
    this.#waiting.push(source);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    const count = this.#handle ? this.libc.calls.epoll_wait(this.#epoll, this.#eventsAddress, mostEvents, 0) : 0;
    for (let at = 0; at < count * eventBytes; at += eventBytes) {
      const fd = this.#eventsView.getUint32(at + dataAt, true);
      const source = this.#sources[fd];
      if (!source || this.#generations[fd] !== this.#eventsView.getUint32(at + dataAt + 4, true)) continue;
      const events = this.#eventsView.getUint32(at, true);
      attempt(() => source.ready(events));
    }
    for (const source of waiting) attempt(() => source.goOn());
  }

  #start(): void {
    if (this.#handle) return;
    const { calls, addressOf, eventLoop } = this.libc;
    const handle = Buffer.allocUnsafeSlow(Number(calls.uv_handle_size(linux.uvPoll)));
    this.#epoll = calls.epoll_create1(linux.closeOnExec);
    if (this.#epoll < 0 || calls.uv_poll_init(eventLoop(), addressOf(handle), this.#epoll) !== 0)
      throw new Error('the event loop takes no epoll');
    calls.uv_poll_start(addressOf(handle), linux.uvReadable, this.#onReadable);
    this.#handle = handle;
  }

  /** A thread that ends must not have handles left in its loop. */
  #stopUnlessUsed(): void {
    const handle = this.#handle;
    if (this.#count > 0 || !handle) return;
    const { calls, addressOf } = this.libc;
    calls.uv_close(addressOf(handle), null);
    calls.close(this.#epoll);
    this.#handle = null;
    // libuv has done with its memory when the loop has gone round.
    setImmediate(() => setImmediate(() => handle.fill(0)));
  }
}

/** What one of them throws is nobody else's concern: it ends where errors end that nobody caught. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

let here: Poller | null = null;

/** The poller of this thread. @throws Error where there is none: see `kernelSocketsWork` */
export function poller(): Poller {
  if (here) return here;
  const calls = libc();
  if (!calls) throw new Error('the kernel’s sockets cannot be had here');
  here = new Poller(calls);
  return here;
}
