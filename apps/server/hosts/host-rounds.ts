import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Services } from '../services.ts';
import { contactHost } from './contact-host.ts';
import type { HostSessions } from './host-sessions.ts';

/** How often each host is asked how it is, and how often we look whose turn it is; milliseconds. */
const every = 5 * 60_000;
const look = 10_000;
/** Hosts that are asked at the same time. */
const atOnce = 8;

/** Waits between looks at a host that is being installed, milliseconds. */
const installing = [1000, 1000, 1000, 2000, 2000, 5000, 5000, 10_000, 10_000, 15_000, 20_000, 20_000, 30_000];

/** Asks the hosts how they are, in turns: several servers over one database share them. */
export interface HostRounds {
  /** Asks this one now, in the background. */
  contact(hostId: string): void;
  /** Asks a host that is only being installed as soon as it listens; gives up after two minutes and leaves it to the rounds. */
  await(hostId: string): void;
  stop(): Promise<void>;
}

/** Takes the hosts whose turn it is, so that no other server asks them as well. */
async function takeDue(services: Services, count: number): Promise<readonly string[]> {
  const due = new Date(Date.now() - every);
  const taken = await sql<{ id: string }>`
    update host set contacted_at = now()
     where id in (select id from host
                   where contacted_at is null or contacted_at < ${due}
                   order by contacted_at nulls first
                   limit ${count} for update skip locked)
    returning id`.execute(services.db);
  return taken.rows.map((row) => row.id);
}

/** Starts the rounds. */
export function startHostRounds(services: Services, sessions: HostSessions): HostRounds {
  const stopping = new AbortController();
  const signal = AbortSignal.any([services.signal, stopping.signal]);
  const working = new Map<string, Promise<void>>();

  const contact = (hostId: string) => {
    if (working.has(hostId) || signal.aborted) return;
    const work = contactHost(services, sessions, hostId, signal)
      .catch((error) => {
        if (!signal.aborted) services.log.warn({ err: error, hostId }, 'a host could not be asked how it is');
      })
      .finally(() => working.delete(hostId));
    working.set(hostId, work);
  };

  /** Whether it says who it is; nothing is stored, so that it is not lost before it was ever there. */
  const listens = async (hostId: string) => {
    const { session } = await sessions.open(hostId);
    return await session.identify({ signal, timeout: 5000 }).then(
      () => true,
      () => false,
    );
  };
  const arrivals = new Set<Promise<void>>();
  const arrive = async (hostId: string) => {
    for (const pause of installing) {
      await sleep(pause, undefined, { signal });
      if (await listens(hostId)) break;
    }
    contact(hostId);
  };

  let turn: Promise<void> | null = null;
  const take = async () => {
    const free = atOnce - working.size;
    if (free > 0) for (const id of await takeDue(services, free)) contact(id);
  };
  const timer = setInterval(() => {
    turn ??= take()
      .catch((error) => services.log.warn({ err: error }, 'hosts whose turn it is could not be looked up'))
      .finally(() => {
        turn = null;
      });
  }, look);

  return {
    contact,
    await(hostId) {
      // A host that is removed meanwhile, or a server that stops, ends it.
      const work = arrive(hostId).catch(() => undefined);
      arrivals.add(work);
      void work.finally(() => arrivals.delete(work));
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await turn;
      await Promise.allSettled([...arrivals, ...working.values()]);
    },
  };
}
