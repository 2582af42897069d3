import type { TargetLock } from '../src/resource-store.ts';
import { StoreError } from '../src/store-error.ts';

/** A lease on a target in memory. */
export interface MemoryLock {
  readonly fence: number;
  readonly free: Promise<void>;
  /** As when its holder did not renew it in time: its signal aborts, and it is free. */
  lose(): void;
}

type Locks = Map<string, MemoryLock>;

let fences = 0;

/** Waits until nobody holds the name, at most so many milliseconds. */
export async function takeLock(locks: Locks, targetName: string, timeoutMs: number): Promise<TargetLock> {
  const late = AbortSignal.timeout(timeoutMs);
  for (let held = locks.get(targetName); held; held = locks.get(targetName)) {
    const over = new Promise((resolve) => late.addEventListener('abort', resolve, { once: true }));
    if (late.aborted) throw new StoreError('lock-timeout', `${targetName} is held by another`);
    await Promise.race([held.free, over]);
  }
  const { promise: free, resolve } = Promise.withResolvers<void>();
  const fence = ++fences;
  const lost = new AbortController();
  const end = (): void => {
    if (locks.get(targetName)?.fence === fence) locks.delete(targetName);
    resolve();
  };
  const lose = (): void => {
    lost.abort(new Error(`the lock of ${targetName} was lost`));
    end();
  };
  locks.set(targetName, { fence, free, lose });
  return { targetName, fence, signal: lost.signal, release: async () => end() };
}

/** Whoever held something is dead: all is free. */
export function loseLocks(locks: Locks): void {
  for (const one of [...locks.values()]) one.lose();
}
