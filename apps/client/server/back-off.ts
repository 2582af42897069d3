import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds to wait before try number `attempt` (1, 2, …): doubles from `first` up to `most`, with full jitter above half. */
export function backOffMs(attempt: number, first: number, most: number, random = Math.random): number {
  const whole = Math.min(most, first * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * random());
}

/** Waits; ends early, without an error, when `wake` is called or the signal aborts. */
export function wakeableSleep(): { sleep(ms: number, signal: AbortSignal): Promise<void>; wake(): void } {
  let wakers: AbortController[] = [];
  return {
    sleep: async (ms, signal) => {
      const waker = new AbortController();
      wakers.push(waker);
      await sleep(ms, undefined, { signal: AbortSignal.any([waker.signal, signal]) }).catch(() => undefined);
      wakers = wakers.filter((one) => one !== waker);
    },
    wake: () => {
      for (const one of wakers) one.abort();
    },
  };
}
