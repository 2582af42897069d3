import { hostname } from 'node:os';
import type { BrokerChain, WorkingPlugIn } from '@atelier/adapters/broker-plug-ins';
import {
  type ClaimedTask,
  claimTask,
  type DatabaseHandle,
  finishTask,
  heartbeatTask,
  logTask,
  newId,
} from '@atelier/adapters/postgres';
import type { MachineLocks } from '@atelier/adapters/session-directory';
import { type JobOutcome, runMachineJob } from '@atelier/plugin-kit/broker/work';
import type { BrokerLog } from '../../broker-parts.ts';
import { machineJobSchema, machineTaskPrefix } from './machine-job.ts';

const pollMs = 5000;
const beatMs = 1000;
const leaseMs = 10_000;
/** Jobs that one broker has done at the same time. */
const mostJobs = 4;
/** Milliseconds for a plug-in to end a job that a person cancelled, and one whose broker stops. */
const [cancelMs, stopMs] = [30_000, 3000];
const longestLog = 10_000;

/** Has this broker's plug-ins do the jobs on machines that are queued for them. */
export interface MachineDesk {
  /** There may be something new. */
  look(): void;
  /** Ends what goes on, which is then shown as interrupted. */
  stop(): Promise<void>;
}

interface DeskParts {
  readonly database: DatabaseHandle;
  readonly chain: Pick<BrokerChain, 'working'>;
  readonly locks: MachineLocks;
  readonly log: BrokerLog;
}

export function machineDesk({ database, chain, locks, log }: DeskParts): MachineDesk {
  const owner = `${hostname()}/${process.pid}/${newId().slice(-6)}`;
  const stopping = new AbortController();
  const running = new Map<string, { readonly ended: Promise<void>; readonly hurry: () => void }>();
  let looking: Promise<void> | null = null;
  let again = false;

  const claim = async (): Promise<void> => {
    while (again && !stopping.signal.aborted) {
      again = false;
      const able = chain.working('provisioning');
      if (able.length === 0) return;
      await locks.freeAbandoned();
      while (running.size < mostJobs && !stopping.signal.aborted) {
        const kinds = able.map((one) => machineTaskPrefix + one.name);
        const claimed = await claimTask(database.db, { kinds, owner, leaseMs });
        if (!claimed) break;
        begin(claimed, able.find((one) => machineTaskPrefix + one.name === claimed.task.kind)!);
      }
    }
  };
  const look = (): void => {
    again = true;
    looking ??= claim()
      .catch((error: unknown) => log.warn({ err: error }, 'jobs of plug-ins cannot be looked for now'))
      .finally(() => {
        looking = null;
      });
  };
  const begin = (claimed: ClaimedTask, plugIn: WorkingPlugIn<'provisioning'>): void => {
    const { id } = claimed.task;
    const beat = createBeat(database, claimed, log);
    const ended = work(claimed, plugIn, beat)
      .catch((error: unknown) => log.error({ err: error, task: id }, 'the end of a job could not be written'))
      .finally(() => {
        running.delete(id);
        look();
      });
    running.set(id, { ended, hurry: beat.now });
  };
  const work = async ({ task, lease }: ClaimedTask, plugIn: WorkingPlugIn<'provisioning'>, beat: Beat) => {
    const signal = AbortSignal.any([beat.signal, stopping.signal]);
    const fields = { task: task.id, plugIn: plugIn.name };
    log.info(fields, 'a plug-in begins a job');
    let outcome: JobOutcome;
    try {
      const job = machineJobSchema.parse((task.input as { readonly value?: unknown } | null)?.value);
      outcome = await runMachineJob(plugIn, task.id, job, {
        locks,
        signal,
        log: beat.log,
        progress: beat.progress,
        cancelMs: () => (stopping.signal.aborted ? stopMs : cancelMs),
      });
    } catch (error) {
      outcome = { state: 'failed', error: { code: 'server.internal', detail: (error as Error).message } };
    }
    if (stopping.signal.aborted && !beat.cancelled && outcome.state !== 'done')
      outcome = {
        state: 'failed',
        error: { code: 'task.abandoned', detail: 'its broker stopped while the plug-in worked on it: start it again' },
      };
    await beat.end();
    if (beat.lost || !(await finishTask(database.db, lease, outcome)))
      log.warn(fields, 'a job was lost: its lease ended');
    else log.info({ ...fields, state: outcome.state }, 'a job ended');
  };
  const timer = setInterval(look, pollMs);
  timer.unref();
  look();
  return {
    look() {
      for (const one of running.values()) one.hurry();
      look();
    },
    async stop() {
      clearInterval(timer);
      stopping.abort(new Error('the broker stops'));
      await looking;
      await Promise.all([...running.values()].map((one) => one.ended));
    },
  };
}

/** The signs of life of one job, with its news. */
interface Beat {
  /** Aborted when a person cancelled the job, or its lease was lost. */
  readonly signal: AbortSignal;
  readonly cancelled: boolean;
  readonly lost: boolean;
  readonly log: (line: string) => void;
  readonly progress: (fraction: number, message: string) => void;
  readonly now: () => void;
  end(): Promise<void>;
}

function createBeat({ db }: DatabaseHandle, { task, lease }: ClaimedTask, log: BrokerLog): Beat {
  const abort = new AbortController();
  let lines: string[] = [];
  let logged = 0;
  let news: { progress?: number; message?: string } = {};
  let state: 'held' | 'cancel' | 'lost' = 'held';
  let heldUntil = Date.now() + leaseMs;
  let last: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    const [told, more] = [lines, news];
    lines = [];
    news = {};
    const sent = Date.now();
    try {
      await logTask(db, lease, told);
      const said = await heartbeatTask(db, lease, { leaseMs, ...more });
      if (state !== 'lost') state = said === 'held' ? state : said;
      heldUntil = sent + leaseMs;
    } catch (error) {
      lines = [...told, ...lines];
      log.warn({ err: error, task: task.id }, 'a job could not tell its news');
      if (Date.now() > heldUntil) state = 'lost';
    }
    if (state !== 'held') abort.abort(new Error(state === 'cancel' ? 'it was cancelled' : 'its lease ended'));
  };
  const round = (): Promise<void> => {
    last = last.then(beat);
    return last;
  };
  const timer = setInterval(() => void round(), beatMs);
  return {
    signal: abort.signal,
    get cancelled() {
      return state === 'cancel';
    },
    get lost() {
      return state === 'lost';
    },
    log: (line) => {
      logged += 1;
      if (logged <= longestLog) lines.push(line);
    },
    progress: (progress, message) => {
      news = { progress, message };
    },
    now: () => void round(),
    async end() {
      clearInterval(timer);
      await round();
    },
  };
}
