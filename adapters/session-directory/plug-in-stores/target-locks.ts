import { setTimeout as delay } from 'node:timers/promises';
import { acquireTargetLockTimeout, type ResourceStore, StoreError } from '@atelier/plugin-kit/broker';
import type { Lease } from '../session-directory.ts';

/** Takes a lease that all brokers see, as `SessionDirectory.lease` does. */
export type LeaseMaker = (name: string, ttlMs: number) => Promise<Lease | null>;

/** A holder that dies is replaced after this time; one that lives renews. */
const ttlMs = 15_000;
/** How often somebody who waits asks again: at first soon, then seldom. */
const [shortestWaitMs, longestWaitMs] = [50, 1000];

/** Locks of targets across plug-ins and brokers. */
export function targetLocks(
  lease: LeaseMaker,
  find: (name: string) => Promise<{ readonly id: string; readonly name: string }>,
): Pick<ResourceStore, 'acquireTargetLock'> {
  return {
    async acquireTargetLock(targetName, timeoutMs = acquireTargetLockTimeout) {
      const target = await find(targetName);
      const until = performance.now() + timeoutMs;
      for (let wait = shortestWaitMs; ; wait = Math.min(wait * 2, longestWaitMs)) {
        const held = await lease(`target/${target.id}`, ttlMs);
        if (held)
          return { targetName: target.name, fence: held.fence, signal: held.signal, release: () => held.release() };
        const left = until - performance.now();
        if (left <= 0) throw new StoreError('lock-timeout', `${target.name} is held by another for ${timeoutMs} ms`);
        await delay(Math.min(wait, left));
      }
    },
  };
}
