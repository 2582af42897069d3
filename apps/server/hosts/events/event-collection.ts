import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@atelier/adapters/postgres';
import type { Services } from '../../services.ts';
import type { HostSessions } from '../host-sessions.ts';
import { collectEvents, LeaseLost } from './collect-events.ts';
import { eventLeases } from './event-lease.ts';

/** How often we look for hosts and renew what we hold, milliseconds. */
const look = 5000;
/** Hosts that one server collects from at the same time: each holds a connection. */
const most = 500;
const firstPause = 2000;
const longestPause = 5 * 60_000;

/** Collects the event logs of all hosts that are reachable and shall be: several servers over one database share them. */
export function startEventCollection(
  services: Services,
  sessions: HostSessions,
): { readonly stop: () => Promise<void> } {
  const holder = newId();
  const leases = eventLeases(services, holder);
  const stopping = new AbortController();
  const signal = AbortSignal.any([services.signal, stopping.signal]);
  const working = new Map<string, { readonly end: AbortController; readonly done: Promise<void> }>();

  const follow = async (hostId: string, end: AbortSignal) => {
    let pause = firstPause;
    while (!end.aborted) {
      try {
        await collectEvents(services, sessions, hostId, holder, end, () => {
          pause = firstPause;
        });
      } catch (error) {
        if (end.aborted || error instanceof LeaseLost) break;
        services.log.debug({ err: error, hostId, pause }, 'the events of a host cannot be collected now');
      }
      await sleep(pause, undefined, { signal: end }).catch(() => undefined);
      pause = Math.min(pause * 2, longestPause);
    }
  };

  const begin = (hostId: string) => {
    const end = new AbortController();
    const done = follow(hostId, AbortSignal.any([signal, end.signal])).finally(() => working.delete(hostId));
    working.set(hostId, { end, done });
  };

  const turn = async () => {
    const ours = new Set(await leases.renew());
    for (const [hostId, { end }] of working) if (!ours.has(hostId)) end.abort();
    // A host of ours that nobody works on any more is free for all again.
    for (const hostId of ours) if (!working.has(hostId)) await leases.release(hostId);
    const free = most - working.size;
    if (free > 0 && !signal.aborted) for (const id of await leases.take(free)) if (!working.has(id)) begin(id);
  };

  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= turn()
      .catch((error) => services.log.warn({ err: error }, 'hosts to collect events from could not be looked up'))
      .finally(() => {
        running = null;
      });
  }, look);

  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
      await Promise.allSettled([...working.values()].map((one) => one.done));
      await leases.release().catch(() => undefined);
    },
  };
}
