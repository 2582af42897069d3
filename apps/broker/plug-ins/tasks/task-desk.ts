import { hostname } from 'node:os';
import type { BrokerChain, WorkingPlugIn } from '@atelier/adapters/broker-plug-ins';
import type { Lease, PlannedTask, PlugInTasks, SessionDirectory } from '@atelier/adapters/session-directory';
import { type TaskRoom, taskRoom } from '@atelier/plugin-kit/broker/work';
import type { BrokerLog } from '../../broker-parts.ts';

const leaseMs = 10_000;
const pollMs = 2000;
/** Tasks that a plug-in is given at once, at most. */
const mostAtOnce = 200;

/** Name of the lease of a plug-in's tasks: whoever holds it does them. */
export const taskLease = (plugIn: string): string => `plug-in-tasks/${plugIn}`;

/** Has plug-ins plan and do their tasks, each in one broker at a time. */
export interface TaskDesk {
  /** A task may be due, or was cancelled. */
  look(): void;
  /** What is done here is then shown as interrupted. */
  stop(): Promise<void>;
}

interface DeskParts {
  readonly chain: Pick<BrokerChain, 'working'>;
  readonly tasksOf: (plugIn: string) => PlugInTasks;
  readonly lease: SessionDirectory['lease'];
  readonly log: BrokerLog;
}

/** The tasks of one plug-in, while this broker does them. */
interface Duty {
  readonly lease: Lease;
  readonly records: PlugInTasks;
  /** Each start of the plug-in that has tasks, and the present one. */
  readonly rooms: Map<string, TaskRoom<WorkingPlugIn<'task'>>>;
}

export function taskDesk({ chain, tasksOf, lease, log }: DeskParts): TaskDesk {
  const duties = new Map<string, Duty>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  let again = false;

  const look = (): void => {
    again = true;
    looking ??= rounds().finally(() => {
      looking = null;
    });
  };
  const rounds = async (): Promise<void> => {
    while (again && !stopping.signal.aborted) {
      again = false;
      const able = chain.working('task');
      for (const plugIn of able)
        await attend(plugIn).catch((error: unknown) =>
          log.warn({ err: error, plugIn: plugIn.name }, 'the tasks of a plug-in could not be looked after this time'),
        );
      for (const [name, duty] of duties)
        if (!able.some((one) => one.name === name))
          await leave(name, duty, 'the plug-in ended, or is asked no longer').catch(() => undefined);
    }
  };

  const attend = async (plugIn: WorkingPlugIn<'task'>): Promise<void> => {
    const { name, run } = plugIn;
    const known = duties.get(name);
    if (known?.lease.signal.aborted) await abandon(name, known);
    const duty = duties.get(name) ?? (await take(name));
    if (!duty) return;
    const { records, rooms } = duty;
    const { fence } = duty.lease;
    // After a reload, the start of it that was before ends what it began.
    for (const [key, room] of rooms) {
      if (room.plugIn.isOver()) {
        await records.interrupt(fence, [...room.running], 'the plug-in ended while it was at it');
        room.forget([...room.running]);
      }
      if (key !== run && room.running.size === 0) rooms.delete(key);
    }
    if (!rooms.has(run)) {
      const warn = (error: unknown, text: string) => log.warn({ err: error, plugIn: name }, text);
      const room = taskRoom(plugIn, fence, records, { warn, look });
      rooms.set(run, room);
      try {
        await room.open();
      } catch (error) {
        rooms.delete(run);
        throw error;
      }
    }
    const room = rooms.get(run)!;
    await records.expire();
    await endCancelled(duty);
    const due = await records.due(mostAtOnce);
    const begun: PlannedTask[] = [];
    for (const one of due) if (await records.begin(one.id, fence, hostname())) begun.push(one);
    if (begun.length === 0) return;
    const all = [...(await records.running(fence))];
    for (const host of new Set(begun.map((one) => one.hostName))) {
      const isNew = begun.filter((one) => one.hostName === host);
      const mine = all.filter(
        (one) => one.hostName === host && (room.running.has(one.id) || isNew.some(({ id }) => id === one.id)),
      );
      await room.queue(host, mine, isNew).catch(async (error: unknown) => {
        const why = (error as Error)?.message ?? String(error);
        for (const { id } of isNew) await records.update(id, fence, 'failed', 'failed', why);
        room.forget(isNew.map(({ id }) => id));
      });
    }
  };

  const take = async (name: string): Promise<Duty | null> => {
    const held = await lease(taskLease(name), leaseMs);
    if (!held) return null;
    const duty = { lease: held, records: tasksOf(name), rooms: new Map<string, TaskRoom<WorkingPlugIn<'task'>>>() };
    await duty.records.interrupt(held.fence, [], 'the broker that did it ended').catch(async (error: unknown) => {
      await held.release();
      throw error;
    });
    duties.set(name, duty);
    return duty;
  };

  /** Takes what people cancelled out of the queues. */
  const endCancelled = async ({ records, rooms, lease: { fence } }: Duty): Promise<void> => {
    const all = await records.running(fence);
    const cancelled = all.filter((one) => one.cancelRequested);
    for (const room of rooms.values()) {
      const gone = cancelled.filter((one) => room.running.has(one.id));
      for (const host of new Set(gone.map((one) => one.hostName))) {
        const left = all.filter((one) => one.hostName === host && !one.cancelRequested && room.running.has(one.id));
        await room
          .queue(host, left, [])
          .catch((error: unknown) =>
            log.warn({ err: error, plugIn: room.plugIn.name }, 'a plug-in was not told that a task was cancelled'),
          );
      }
      for (const { id, status } of gone) await records.update(id, fence, 'cancelled', status, '');
      room.forget(gone.map(({ id }) => id));
    }
  };

  /** Another broker may do them by now: what is done here must end. */
  const abandon = async (name: string, duty: Duty): Promise<void> => {
    duties.delete(name);
    for (const room of duty.rooms.values()) {
      if (room.running.size > 0) room.plugIn.reset();
      room.forget([...room.running]);
    }
  };
  const leave = async (name: string, duty: Duty, why: string): Promise<void> => {
    duties.delete(name);
    const ids = [...duty.rooms.values()].flatMap((room) => [...room.running]);
    for (const room of duty.rooms.values()) room.forget([...room.running]);
    await duty.records.interrupt(duty.lease.fence, ids, why);
    await duty.lease.release();
  };

  const timer = setInterval(look, pollMs);
  timer.unref();
  look();
  return {
    look,
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await looking;
      for (const [name, duty] of duties)
        await leave(name, duty, 'the broker that did it was stopped').catch((error: unknown) =>
          log.warn({ err: error, plugIn: name }, 'tasks could not be given back'),
        );
    },
  };
}
