import { networkOf } from '@atelier/domain/people';
import type { BrokerLimits } from '../broker-limits.ts';

/** How far a connection has come. */
export type Stage = 'opening' | 'sign-in' | 'relay';

/** A connection's place. `advance` gives false when the next stage is full; `leave` may be called twice. */
export interface Place {
  advance(to: Stage): boolean;
  leave(): void;
}

/** Bytes that no client sends count this much more than a connection: an address that sends them waits before it is heard again. */
const freeFaults = 20;
const longestMs = 60_000;
const forgetMs = 10 * 60_000;
const addressesRemembered = 10_000;

interface Faults {
  count: number;
  last: number;
}

/**
 * Decides who may go on: bounds for all and for each address (IPv6: network of 64 bits), and a pause for addresses that keep sending nonsense.
 * Constant memory: forgets the oldest address when it knows too many.
 */
export class Admission {
  readonly #limits: BrokerLimits;
  readonly #now: () => number;
  readonly #total: Record<Stage, number> = { opening: 0, 'sign-in': 0, relay: 0 };
  readonly #perAddress = new Map<string, { opening: number; 'sign-in': number }>();
  readonly #faults = new Map<string, Faults>();
  #refused = 0;

  constructor(limits: BrokerLimits, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
  }

  /** How many connections are in each stage, and how many were turned away. */
  counts(): Readonly<Record<Stage | 'refused', number>> {
    return { ...this.#total, refused: this.#refused };
  }

  /** A place for a new connection; null: close it without a word. */
  enter(from: string): Place | null {
    const address = networkOf(from);
    if (this.#pause(address) > 0 || !this.#take(address, 'opening')) {
      this.#refused += 1;
      return null;
    }
    let stage: Stage | null = 'opening';
    return {
      advance: (to) => {
        if (stage === null || stage === to) return stage !== null;
        if (!this.#take(address, to)) {
          this.#refused += 1;
          return false;
        }
        this.#give(address, stage);
        stage = to;
        return true;
      },
      leave: () => {
        if (stage !== null) this.#give(address, stage);
        stage = null;
      },
    };
  }

  /** Books that an address sent what no client sends, or dripped until its time was over. */
  fault(from: string): void {
    const address = networkOf(from);
    const now = this.#now();
    const known = this.#faults.get(address);
    const count = known && now - known.last < forgetMs ? known.count + 1 : 1;
    this.#faults.delete(address);
    this.#faults.set(address, { count, last: now });
    if (this.#faults.size > addressesRemembered) this.#faults.delete(this.#faults.keys().next().value!);
  }

  /** A user who signed in clears the address: behind it may be an office with one bad neighbour. */
  clear(address: string): void {
    this.#faults.delete(networkOf(address));
  }

  /** Milliseconds that an address has to wait. */
  #pause(address: string): number {
    const known = this.#faults.get(address);
    if (!known || known.count < freeFaults) return 0;
    const pause = Math.min(100 * 2 ** Math.min(known.count - freeFaults, 20), longestMs);
    return Math.max(0, known.last + pause - this.#now());
  }

  #take(address: string, stage: Stage): boolean {
    const { openings, openingsPerAddress, signIns, signInsPerAddress, relays } = this.#limits;
    const most = { opening: openings, 'sign-in': signIns, relay: relays }[stage];
    const free = most - this.#total[stage];
    if (free <= 0) return false;
    if (stage !== 'relay') {
      const here = this.#perAddress.get(address) ?? { opening: 0, 'sign-in': 0 };
      const ofOne = stage === 'opening' ? openingsPerAddress : signInsPerAddress;
      // Nobody has more than is left for all others: so a few addresses that hold what they can get never have everything.
      if (here[stage] >= Math.min(ofOne, free)) return false;
      here[stage] += 1;
      this.#perAddress.set(address, here);
    }
    this.#total[stage] += 1;
    return true;
  }

  #give(address: string, stage: Stage): void {
    this.#total[stage] -= 1;
    if (stage === 'relay') return;
    const here = this.#perAddress.get(address);
    if (!here) return;
    here[stage] -= 1;
    if (here.opening === 0 && here['sign-in'] === 0) this.#perAddress.delete(address);
  }
}
