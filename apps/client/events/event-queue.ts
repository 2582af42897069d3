import { type EventName, eventKind, type QueuedEvent } from '@atelier/domain/events';
import type { ClientDatabase } from '../state/client-database.ts';

/** What is said about one occurrence. Never a secret. */
export interface EventFacts {
  readonly detail?: string;
  readonly userName?: string;
  readonly workspace?: string | null;
  readonly correlationId?: string | null;
  readonly data?: Record<string, unknown>;
}

/** Events on disk until the server has acknowledged them. */
export interface EventQueue {
  /** Queues an event; part of the transaction that is under way, if one is. */
  add(name: EventName, facts?: EventFacts): void;
  /** The oldest events, at most `limit`, in order of sequence. They count as under way and are not dropped. */
  batch(limit: number): QueuedEvent[];
  /** The server has everything up to this sequence number. */
  acknowledge(upTo: number): void;
  readonly count: number;
  /** Calls `listener` after each added event. Returns the way to stop that. */
  onAdded(listener: (urgent: boolean) => void): () => void;
}

const droppedNote = 'events.dropped';

/**
 * The queue in `database`, at most `limit` events long. When it is full, information goes first, then warnings, oldest
 * first; how many went is told by the event `client.events-dropped` at the next delivery.
 */
export function openEventQueue(database: ClientDatabase, limit = 20_000, now = () => new Date()): EventQueue {
  const { sqlite } = database;
  const insert = sqlite.prepare('insert into event (severity, body) values (?, ?)');
  const select = sqlite.prepare('select sequence, body from event order by sequence limit ?');
  const remove = sqlite.prepare('delete from event where sequence <= ?');
  const counted = sqlite.prepare('select count(*) as n from event');
  const drop = sqlite.prepare(
    `delete from event where sequence in (select sequence from event where sequence > ?
      order by case severity when 'info' then 0 when 'warning' then 1 else 2 end, sequence limit ?)`,
  );
  const listeners = new Set<(urgent: boolean) => void>();
  const count = () => (counted.get() as { n: number }).n;
  let underWay = 0;

  const makeRoom = () => {
    if (count() < limit) return;
    const gone = Number(drop.run(underWay, Math.max(1, Math.floor(limit / 20))).changes);
    database.setNote(droppedNote, (database.note<number>(droppedNote) ?? 0) + gone);
  };

  const put = (name: EventName, facts: EventFacts, room: () => void) => {
    const { code, severity } = eventKind(name);
    const body = {
      code,
      severity,
      detail: (facts.detail ?? '').slice(0, 4000),
      clientTime: now().toISOString(),
      userName: facts.userName ?? 'SYSTEM',
      workspace: facts.workspace ?? null,
      correlationId: facts.correlationId ?? null,
      data: facts.data ?? {},
    };
    database.transaction(() => {
      room();
      insert.run(severity, JSON.stringify(body));
    });
    for (const listener of listeners) listener(severity === 'error');
  };

  return {
    add: (name, facts = {}) => put(name, facts, makeRoom),
    batch: (most) => {
      const dropped = database.note<number>(droppedNote) ?? 0;
      if (dropped > 0)
        database.transaction(() => {
          database.setNote(droppedNote, undefined);
          const facts = { detail: `${dropped} events were dropped`, data: { dropped } };
          put('client.events-dropped', facts, () => undefined);
        });
      const rows = select.all(most) as { sequence: number; body: string }[];
      underWay = rows.at(-1)?.sequence ?? underWay;
      return rows.map((row) => ({ sequence: row.sequence, ...JSON.parse(row.body) }) as QueuedEvent);
    },
    acknowledge: (upTo) => {
      remove.run(upTo);
    },
    get count() {
      return count();
    },
    onAdded: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
