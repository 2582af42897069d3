import type { Database } from '@atelier/adapters/postgres';
import {
  type ClaimedTask,
  claimTask,
  type DatabaseHandle,
  enqueueTask,
  finishTask,
  newId,
  releaseTask,
} from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { actorParts } from '../audit/audit-log.ts';
import { ownHostName } from '../config.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Changes, ServerEvents, TaskControl, Tasks } from '../services.ts';
import { leaseMs, RunningTask } from './running-task.ts';

const pollMs = 5_000;
const stopWithinMs = 5_000;

type Work = (input: never, control: TaskControl) => Promise<unknown>;

/** What is stored with a task: its input, and the name of its object as it was when it was queued. */
export interface StoredInput {
  readonly objectName: string;
  readonly value: unknown;
}

/** Does the tasks that are queued in the database, some at once, each under a lease that this server renews. */
export class TaskRunner implements Tasks {
  readonly #kinds = new Map<string, Work>();
  readonly #running = new Set<{ readonly task: RunningTask; readonly ended: Promise<void> }>();
  readonly #owner = `${ownHostName()}/${process.pid}/${newId().slice(-6)}`;
  readonly #database: DatabaseHandle;
  readonly #events: ServerEvents;
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #concurrency: number;
  #claiming: Promise<void> | undefined;
  #again = false;
  #stopping = false;
  #poll: NodeJS.Timeout | undefined;

  constructor(given: {
    database: DatabaseHandle;
    events: ServerEvents;
    log: Logger;
    metrics: Metrics;
    concurrency: number;
  }) {
    this.#database = given.database;
    this.#events = given.events;
    this.#log = given.log;
    this.#metrics = given.metrics;
    this.#concurrency = given.concurrency;
  }

  register: Tasks['register'] = (kind, work) => {
    if (this.#kinds.has(kind)) throw new TypeError(`two capabilities register the task kind ${kind}`);
    this.#kinds.set(kind, work as Work);
  };

  enqueue: Tasks['enqueue'] = (queries, { actor, correlationId }, task) => {
    const { id, name } = actorParts(actor);
    const input: StoredInput = { objectName: task.object?.name ?? '', value: task.input };
    return enqueueTask(queries as Kysely<Database>, {
      kind: task.kind,
      title: task.title,
      owner: { id: actor.kind === 'user' ? id : null, name },
      ...(task.object ? { object: { kind: task.object.kind, id: task.object.id } } : {}),
      input,
      maxAttempts: task.maxAttempts,
      correlationId,
    });
  };

  /** Begins to work: at once, at each news of a task, and every few seconds for what a dead server left. */
  start(changes: Changes, signal: AbortSignal): void {
    changes.subscribe((change) => {
      if (change.kind !== 'task' && change.kind !== 'everything') return;
      for (const { task } of this.#running) if (change.id === task.claimed.task.id) task.hurry();
      this.#look();
    }, signal);
    this.#poll = setInterval(() => this.#look(), pollMs);
    this.#look();
  }

  #look(): void {
    this.#again = true;
    this.#claiming ??= this.#claim().finally(() => {
      this.#claiming = undefined;
    });
  }

  async #claim(): Promise<void> {
    while (this.#again && !this.#stopping) {
      this.#again = false;
      try {
        while (this.#running.size < this.#concurrency && !this.#stopping) {
          const kinds = [...this.#kinds.keys()];
          const claimed = await claimTask(this.#database.db, { kinds, owner: this.#owner, leaseMs });
          if (!claimed) break;
          this.#begin(claimed);
        }
      } catch (error) {
        this.#log.warn({ reason: (error as Error).message }, 'tasks cannot be claimed now');
      }
    }
  }

  #begin(claimed: ClaimedTask): void {
    const task = new RunningTask(claimed, this.#database, this.#log);
    this.#metrics.tasksRunning.inc();
    const entry = { task, ended: this.#work(task) };
    this.#running.add(entry);
    void entry.ended.finally(() => {
      this.#running.delete(entry);
      this.#metrics.tasksRunning.dec();
      this.#look();
    });
  }

  async #work(running: RunningTask): Promise<void> {
    const { task, lease } = running.claimed;
    const fields = { task: task.id, kind: task.kind, attempt: lease.attempt, correlationId: task.correlation_id };
    this.#log.info(fields, 'task started');
    let failure: unknown;
    let result: unknown;
    try {
      const { value } = task.input as StoredInput;
      result = await this.#kinds.get(task.kind)!(value as never, running.control());
    } catch (error) {
      failure = error ?? new Error('the task failed without saying why');
    }
    await running.end();
    if (running.reason === 'lost') return void this.#log.warn(fields, 'task lost: another server has taken it over');
    try {
      await this.#finish(running, failure, result);
    } catch (error) {
      // Its lease will end, and it is done again.
      this.#log.error({ ...fields, err: error }, 'the end of a task could not be written');
    }
  }

  async #finish(running: RunningTask, failure: unknown, result: unknown): Promise<void> {
    const { task, lease } = running.claimed;
    const { db } = this.#database;
    const ended = (state: 'done' | 'failed' | 'cancelled') => {
      this.#metrics.tasks.labels(task.kind, state).inc();
      this.#log.info({ task: task.id, kind: task.kind, state, correlationId: task.correlation_id }, 'task ended');
    };
    if (failure === undefined) {
      if (await finishTask(db, lease, { state: 'done', result: result ?? null })) ended('done');
      return;
    }
    if (running.reason === 'stopping') return releaseTask(db, lease);
    if (running.reason === 'cancelled') {
      if (await finishTask(db, lease, { state: 'cancelled' })) ended('cancelled');
      return;
    }
    const known = failure instanceof AtelierError;
    const detail = failure instanceof Error ? failure.message : String(failure);
    const error = { code: known ? failure.code : 'server.internal', detail };
    if (!(await finishTask(db, lease, { state: 'failed', error }))) return;
    ended('failed');
    if (!known) this.#log.error({ task: task.id, err: failure }, 'a task failed unexpectedly');
    this.#events.emit('server.task-failed', {
      detail: `${task.title}: ${detail}`,
      userName: task.owner_name || 'SYSTEM',
      correlationId: task.correlation_id,
      data: { taskId: task.id, kind: task.kind, code: error.code },
    });
  }

  /** Interrupts what runs and gives it back, so that it is continued at the next start or by another server. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#poll);
    await this.#claiming;
    for (const { task } of this.#running) task.abort('stopping');
    const late = new Promise<void>((resolve) => setTimeout(resolve, stopWithinMs).unref());
    await Promise.race([Promise.all([...this.#running].map((entry) => entry.ended)), late]);
  }
}
