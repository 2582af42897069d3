import type { TargetLock } from '@atelier/plugin-kit/broker';
import type { WireLock } from './protocol.ts';

/** Locks that a plug-in may hold at the same time. */
const mostLocks = 1000;

/** The locks that one plug-in holds; they end with it. */
export class HostLocks {
  readonly #held = new Map<number, TargetLock>();
  readonly #lost: (lock: number) => void;
  #next = 1;

  constructor(lost: (lock: number) => void) {
    this.#lost = lost;
  }

  keep(lock: TargetLock): WireLock {
    if (this.#held.size >= mostLocks) {
      void lock.release();
      throw new Error(`a plug-in holds at most ${mostLocks} locks`);
    }
    const id = this.#next++;
    this.#held.set(id, lock);
    lock.signal.addEventListener('abort', () => {
      if (this.#held.delete(id)) this.#lost(id);
    });
    return { lock: id, targetName: lock.targetName, fence: lock.fence };
  }

  async release(id: unknown): Promise<void> {
    const lock = this.#held.get(id as number);
    this.#held.delete(id as number);
    await lock?.release();
  }

  async releaseAll(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    await Promise.allSettled(all.map((one) => one.release()));
  }
}
