import { setTimeout as sleep } from 'node:timers/promises';

/** Holds a rate of bytes over all connections: await it after each piece that was received. */
export type Bandwidth = (bytes: number, signal?: AbortSignal) => Promise<void> | undefined;

/** Nobody waits longer than this at once, so that a rate that was raised is felt soon. */
const longestWaitMs = 1000;

/**
 * A cap in bytes per second, with a quarter of a second to catch up; no cap when `rate` is undefined or 0. As a function it is
 * asked again at each piece, so that it may change during a transfer.
 */
export function bandwidth(rate: number | undefined | (() => number | undefined)): Bandwidth {
  const rateNow = typeof rate === 'function' ? rate : () => rate;
  let at = performance.now();
  /** bytes that were received and not yet paid for by time */
  let owed = 0;
  const settle = (bytesPerSecond: number) => {
    const now = performance.now();
    owed = Math.max(owed - ((now - at) * bytesPerSecond) / 1000, -bytesPerSecond / 4);
    at = now;
    return owed;
  };
  const wait = async (signal: AbortSignal | undefined) => {
    for (;;) {
      const bytesPerSecond = rateNow();
      if (!bytesPerSecond || settle(bytesPerSecond) <= 0) return;
      await sleep(Math.min((owed / bytesPerSecond) * 1000, longestWaitMs), undefined, { signal });
    }
  };
  return (bytes, signal) => {
    const bytesPerSecond = rateNow();
    if (!bytesPerSecond) {
      owed = 0;
      at = performance.now();
      return undefined;
    }
    settle(bytesPerSecond);
    owed += bytes;
    return owed > 0 ? wait(signal) : undefined;
  };
}
