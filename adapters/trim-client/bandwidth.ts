import { setTimeout as sleep } from 'node:timers/promises';

/** Holds a rate of bytes over all connections: await it after each piece that was received. */
export type Bandwidth = (bytes: number, signal?: AbortSignal) => Promise<void> | undefined;

/** A cap in bytes per second, with a quarter of a second to catch up; no cap when `rate` is undefined. */
export function bandwidth(rate: number | undefined): Bandwidth {
  if (!rate) return () => undefined;
  let due = performance.now();
  return (bytes, signal) => {
    const now = performance.now();
    due = Math.max(due, now - 250) + (bytes / rate) * 1000;
    return due > now ? sleep(due - now, undefined, { signal }) : undefined;
  };
}
