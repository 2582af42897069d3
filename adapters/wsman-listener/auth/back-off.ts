/** Failures without a wait. */
const free = 3;
const firstWaitMs = 1000;
const longestWaitMs = 60_000;
const forgetMs = 15 * 60_000;
const most = 10_000;
/** Failures of one address under whatever names, in `forgetMs`. */
const perAddress = 50;

interface Failures {
  count: number;
  until: number;
  last: number;
}

/**
 * Slows down who guesses passwords: after three failures of one name from one address each further one doubles the wait, up to a minute; an address that
 * fails under many names waits as well. While it waits nobody is asked, so that guessing costs us nothing. Others are not kept out by it.
 */
export class BackOff {
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Whether this name, from this address, has to wait now. */
  waits(name: string, address: string): boolean {
    const now = this.#now();
    return [nameKey(name, address), address].some((key) => (this.#failures.get(key)?.until ?? 0) > now);
  }

  failed(name: string, address: string): void {
    // Whoever gives no name that could be read is counted by address alone: nobody else there shall wait for it.
    if (name !== '') this.#count(nameKey(name, address), free);
    this.#count(address, perAddress);
  }

  succeeded(name: string, address: string): void {
    this.#failures.delete(nameKey(name, address));
  }

  #count(key: string, without: number): void {
    const now = this.#now();
    const before = this.#failures.get(key);
    const count = before && now - before.last < forgetMs ? before.count + 1 : 1;
    const wait = count < without ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(10, count - without));
    // Taken out and put in again, so that the oldest stand first.
    this.#failures.delete(key);
    this.#failures.set(key, { count, last: now, until: now + wait });
    if (this.#failures.size > most) this.#failures.delete(this.#failures.keys().next().value!);
  }
}

const nameKey = (name: string, address: string): string => `${name.toLowerCase()}\n${address}`;
