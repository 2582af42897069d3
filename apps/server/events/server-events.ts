import { type ArrivedEvent, type DatabaseHandle, insertEvents, newId } from '@atelier/adapters/postgres';
import { eventKind } from '@atelier/domain/events';
import type { Logger } from 'pino';
import { ownHostName } from '../config.ts';
import type { Metrics } from '../http/metrics.ts';
import type { ServerEvents } from '../services.ts';

const longestQueue = 10_000;
const batchSize = 500;
const longestPauseMs = 10_000;

/**
 * This server's own events: queued, then stored in batches in the background. The source is this run of the server and
 * counts from 1, so that a batch whose commit is in doubt can be sent again without doubling. While the database is
 * away they wait here; when the queue is full, the oldest information goes first.
 */
export class EventWriter implements ServerEvents {
  readonly #queue: ArrivedEvent[] = [];
  readonly #source = newId();
  readonly #host = ownHostName();
  readonly #database: DatabaseHandle;
  readonly #log: Logger;
  readonly #metrics: Metrics;
  #sequence = 0;
  #writing: Promise<void> | undefined;
  #stopping = false;

  constructor(database: DatabaseHandle, log: Logger, metrics: Metrics) {
    this.#database = database;
    this.#log = log;
    this.#metrics = metrics;
  }

  emit: ServerEvents['emit'] = (name, event = {}) => {
    try {
      const { code, severity, category, title } = eventKind(name);
      const fields = { event: name, code, detail: event.detail, correlationId: event.correlationId };
      this.#log[severity === 'warning' ? 'warn' : severity](fields, title);
      this.#queue.push({
        source: { kind: 'server', id: this.#source, seq: ++this.#sequence },
        code,
        name,
        severity,
        category,
        description: event.detail ?? '',
        clientTime: new Date(),
        hostName: this.#host,
        userName: event.userName ?? 'SYSTEM',
        workspaceName: event.workspace ?? null,
        correlationId: event.correlationId ?? null,
        data: event.data ?? {},
      });
      this.#shorten();
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
    } catch (error) {
      this.#log.error({ err: error, event: name }, 'an event could not be queued');
    }
  };

  #shorten(): void {
    if (this.#queue.length <= longestQueue) return;
    const info = this.#queue.findIndex((queued) => queued.severity === 'info');
    this.#queue.splice(Math.max(info, 0), 1);
  }

  async #write(): Promise<void> {
    let pause = 100;
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, batchSize);
      try {
        await insertEvents(this.#database.db, batch);
        const done = new Set(batch);
        const rest = this.#queue.filter((queued) => !done.has(queued));
        this.#queue.splice(0, this.#queue.length, ...rest);
        for (const { severity } of batch) this.#metrics.events.labels(severity).inc();
        pause = 100;
      } catch (error) {
        if (this.#stopping) return;
        this.#log.warn({ reason: (error as Error).message }, 'events wait for the database');
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(pause * 2, longestPauseMs);
      }
    }
  }

  /** Stores what is queued, for 3 seconds at most. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const late = new Promise<void>((resolve) => setTimeout(resolve, 3000).unref());
    await Promise.race([this.#writing, late]);
  }
}
