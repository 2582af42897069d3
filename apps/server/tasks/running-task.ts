import { type ClaimedTask, type DatabaseHandle, heartbeatTask, logTask } from '@atelier/adapters/postgres';
import type { Logger } from 'pino';
import type { TaskControl } from '../services.ts';

export const leaseMs = 30_000;
const beatMs = 5_000;
const newsMs = 500;
const longestLog = 10_000;

/** Why a task's signal was aborted. */
export type AbortReason = 'cancelled' | 'stopping' | 'lost';

/** One task at work on this server: keeps its lease, writes its progress and its log. */
export class RunningTask {
  readonly claimed: ClaimedTask;
  readonly #database: DatabaseHandle;
  readonly #log: Logger;
  readonly #controller = new AbortController();
  #reason: AbortReason | undefined;
  #news: { progress?: number | null; message?: string } | undefined;
  #lines: string[] = [];
  #logged = 0;
  #heldUntil = Date.now() + leaseMs;
  #lastBeat = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(claimed: ClaimedTask, database: DatabaseHandle, log: Logger) {
    this.claimed = claimed;
    this.#database = database;
    this.#log = log;
    this.#timer = setInterval(() => {
      this.#beating = this.#beating.then(() => this.#beat());
    }, newsMs);
  }

  get reason(): AbortReason | undefined {
    return this.#reason;
  }

  abort(reason: AbortReason): void {
    this.#reason ??= reason;
    this.#controller.abort(
      new Error(`the task was ${reason === 'stopping' ? 'interrupted: the server stops' : reason}`),
    );
  }

  /** Somebody changed the task: look soon whether it should end. */
  hurry(): void {
    this.#lastBeat = 0;
  }

  control(): TaskControl {
    const { task, lease } = this.claimed;
    return {
      taskId: task.id,
      correlationId: task.correlation_id ?? task.id,
      owner: { id: task.owner_id, name: task.owner_name },
      attempt: lease.attempt,
      signal: this.#controller.signal,
      progress: (fraction, message) => {
        this.#news = { ...this.#news, progress: fraction, ...(message === undefined ? {} : { message }) };
      },
      log: (line) => {
        if (this.#logged >= longestLog) return;
        this.#logged += 1;
        this.#lines.push(
          this.#logged === longestLog ? 'the log is full: what follows is left out' : line.slice(0, 4000),
        );
      },
    };
  }

  async #beat(): Promise<void> {
    const due = Date.now() - this.#lastBeat >= beatMs;
    if (!due && this.#news === undefined && this.#lines.length === 0) return;
    const [news, lines] = [this.#news ?? {}, this.#lines];
    this.#news = undefined;
    this.#lines = [];
    try {
      const { db } = this.#database;
      await logTask(db, this.claimed.lease, lines);
      const sent = Date.now();
      const held = await heartbeatTask(db, this.claimed.lease, { leaseMs, ...news });
      this.#lastBeat = Date.now();
      this.#heldUntil = sent + leaseMs;
      if (held === 'cancel') this.abort('cancelled');
      if (held === 'lost') this.abort('lost');
    } catch (error) {
      this.#lines = [...lines, ...this.#lines];
      this.#log.warn(
        { task: this.claimed.task.id, reason: (error as Error).message },
        'a task could not tell its news',
      );
      if (Date.now() > this.#heldUntil) this.abort('lost');
    }
  }

  /** Ends the heartbeat and writes what is left of the log. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#beating;
    if (this.#reason !== 'lost' && (this.#lines.length > 0 || this.#news)) await this.#beat();
  }
}
