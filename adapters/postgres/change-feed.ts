import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { clientConfig } from './client-config.ts';
import type { PostgresConnection } from './connection.ts';
import type { Change } from './database-handle.ts';
import type { DatabaseLog } from './log.ts';

const everything: Change = { kind: 'everything', id: '', rev: null, action: 'update' };
const longestQueue = 1000;

/** What one listener has not read yet. */
class Inbox {
  #changes: Change[] = [];
  #wake: (() => void) | undefined;

  put(change: Change): void {
    if (change.kind === 'everything' || this.#changes.length >= longestQueue) this.#changes = [everything];
    else if (this.#changes[0] !== everything) this.#changes.push(change);
    this.#wake?.();
  }

  take(): Change | undefined {
    return this.#changes.shift();
  }

  arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** One connection that listens to `atelier_change` while anybody wants to know, shared by all listeners of this process. */
export class ChangeFeed {
  readonly #connection: PostgresConnection;
  readonly #log: DatabaseLog;
  readonly #inboxes = new Set<Inbox>();
  readonly #closing = new AbortController();
  #listening: Promise<void> | undefined;
  #stop = new AbortController();
  #connected = false;

  constructor(connection: PostgresConnection, log: DatabaseLog) {
    this.#connection = connection;
    this.#log = log;
  }

  async *listen(signal: AbortSignal): AsyncGenerator<Change, void> {
    const inbox = new Inbox();
    const end = AbortSignal.any([signal, this.#closing.signal]);
    const wake = () => inbox.put(everything);
    end.addEventListener('abort', wake, { once: true });
    this.#inboxes.add(inbox);
    if (this.#connected) inbox.put(everything);
    this.#listening ??= this.#keepListening();
    try {
      while (!end.aborted) {
        const change = inbox.take();
        if (change !== undefined) yield change;
        else await inbox.arrival();
      }
    } finally {
      end.removeEventListener('abort', wake);
      this.#inboxes.delete(inbox);
      if (this.#inboxes.size === 0) this.#stop.abort();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#stop.abort();
    await this.#listening;
  }

  async #keepListening(): Promise<void> {
    for (let pause = 50; !this.#closing.signal.aborted && this.#inboxes.size > 0; pause = Math.min(pause * 2, 5000)) {
      this.#stop = new AbortController();
      try {
        await this.#listenOnce(this.#stop.signal, () => {
          pause = 50;
        });
      } catch (error) {
        this.#log.warn({ error: String(error) }, 'the connection for live changes was lost');
      }
      this.#connected = false;
      await delay(pause, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
    this.#listening = undefined;
  }

  async #listenOnce(stop: AbortSignal, onListening: () => void): Promise<void> {
    const client = new Client(await clientConfig(this.#connection));
    const ended = Promise.withResolvers<void>();
    client.on('error', ended.reject);
    client.on('end', ended.resolve);
    stop.addEventListener('abort', () => ended.resolve(), { once: true });
    // Rejections before anybody waits would otherwise count as unhandled.
    ended.promise.catch(() => {});
    client.on('notification', ({ payload }) => {
      for (const inbox of this.#inboxes) inbox.put(JSON.parse(payload ?? 'null') as Change);
    });
    // Notices a peer that vanished without a word.
    const probe = setInterval(() => client.query('select 1').catch(ended.reject), 30_000).unref();
    try {
      await client.connect();
      await client.query('listen atelier_change');
      this.#connected = true;
      onListening();
      for (const inbox of this.#inboxes) inbox.put(everything);
      await ended.promise;
    } finally {
      clearInterval(probe);
      await client.end().catch(() => {});
    }
  }
}
