import { setTimeout as pause } from 'node:timers/promises';
import type { Lease } from '@atelier/adapters/session-directory';
import type { BrokerParts } from '../broker-parts.ts';
import type { RelayBook } from '../relay/relay-book.ts';
import { probeTargets } from './probe-targets.ts';

export interface UpkeepTools {
  readonly parts: BrokerParts;
  readonly book: RelayBook;
}

export interface Upkeep {
  stop(): Promise<void>;
}

const leaseName = 'broker/upkeep';
const leaseMs = 15_000;
const roundMs = 5000;

/** Looks after what nobody's connection looks after, by one broker at a time: places whose time is over, targets that died or came back. */
export function startUpkeep(tools: UpkeepTools): Upkeep {
  const stopping = new AbortController();
  const { directory, log } = tools.parts;
  const rounds = async () => {
    let lease: Lease | null = null;
    const memory = new Map<string, number>();
    while (!stopping.signal.aborted) {
      try {
        if (lease?.signal.aborted) lease = null;
        lease ??= await directory.lease(leaseName, leaseMs);
        if (lease) {
          await directory.expire();
          await probeTargets(tools, memory, AbortSignal.any([stopping.signal, lease.signal]));
        }
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ err: error }, 'the upkeep of the broker failed this time');
      }
      await pause(roundMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
    await lease?.release().catch(() => {});
  };
  const done = rounds();
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
