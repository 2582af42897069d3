import { setTimeout as pause } from 'node:timers/promises';
import { SbError } from '@atelier/plugin-kit/broker';
import type { ChainEntry } from './chain-entry.ts';
import type { Decision } from './decision.ts';

const lookEveryMs = 20;

/**
 * Waits for the plug-ins without which connections of the collection must fail, as long as one of them was never ready: until then nobody knows of what it
 * would have kept people. Rejects with an SbError when its time is over.
 */
export async function awaitRequired(entries: readonly ChainEntry[], decision: Decision): Promise<void> {
  const { connection, trace } = decision;
  const missing = entries.filter((one) => one.isMissing(connection.collection));
  for (const entry of missing) {
    const begunAt = trace.elapsed();
    const until = begunAt + entry.budget('load-balancing');
    while (entry.isMissing(connection.collection)) {
      if (connection.signal.aborted) throw new SbError('cancelled', 'the client has gone');
      const left = until - trace.elapsed();
      if (left <= 0) {
        const { name, state, lastError } = entry.status();
        const detail = `it must not be left out, and is ${state}${lastError ? `: ${lastError.message}` : ''}`;
        trace.step({ stage: 'load-balancing', by: name, outcome: 'unavailable', detail }, begunAt);
        throw new SbError('cannot-connect', `the plug-in ${name}: ${detail}`);
      }
      await pause(Math.min(lookEveryMs, left));
    }
  }
}
