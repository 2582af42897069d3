import { networkOf } from '@atelier/domain/people';

/** Notes of one address and of all: so many at once, and so many in a second after that. */
const ofOne = { atOnce: 20, perSecond: 1 };
const ofAll = { atOnce: 200, perSecond: 20 };
const addressesRemembered = 5000;

interface Bucket {
  left: number;
  at: number;
}

/**
 * Bounds how much strangers have written down: events of an address, or of all, come to be told by number only when there are too many. Constant memory.
 * `now`: milliseconds.
 */
export class NoteBudget {
  readonly #now: () => number;
  readonly #all: Bucket;
  readonly #addresses = new Map<string, Bucket>();
  #untold = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#all = { left: ofAll.atOnce, at: now() };
  }

  /** How many notes were left out since the last one that was written; null when this one is left out, too. */
  take(address: string): number | null {
    const network = networkOf(address);
    const one = this.#addresses.get(network) ?? { left: ofOne.atOnce, at: this.#now() };
    this.#addresses.delete(network);
    this.#addresses.set(network, one);
    if (this.#addresses.size > addressesRemembered) this.#addresses.delete(this.#addresses.keys().next().value!);
    this.#fill(one, ofOne);
    this.#fill(this.#all, ofAll);
    if (one.left < 1 || this.#all.left < 1) {
      this.#untold += 1;
      return null;
    }
    one.left -= 1;
    this.#all.left -= 1;
    const untold = this.#untold;
    this.#untold = 0;
    return untold;
  }

  #fill(bucket: Bucket, { atOnce, perSecond }: { readonly atOnce: number; readonly perSecond: number }): void {
    const now = this.#now();
    bucket.left = Math.min(atOnce, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
  }
}
