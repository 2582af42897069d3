import type { ServerResponse } from 'node:http';
import type { Change } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import type { Actor, RequestContext } from '../http/handlers.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Services } from '../services.ts';
import { isOwned, ownersOf, ownKey, toldOf } from './change-access.ts';

interface Client {
  readonly actor: Extract<Actor, { kind: 'user' }>;
  readonly response: ServerResponse;
  readonly since: number;
}

const gatherMs = 200;
const heartbeatMs = 15_000;
/** After this time a client comes again, and its credentials are looked at again. */
const longestMs = 15 * 60_000;
const longestPending = 2_000;
/** A client that has so many bytes waiting does not read. */
const longestBacklog = 256 * 1024;
const clientsPerUser = 20;
const clientsInAll = 5_000;

/**
 * The open change streams of this server (server-sent events). Changes are gathered for a moment, so that a burst on one
 * object is told once, and each client hears of what it may see only. Slow clients are cut off: they come back and read anew.
 */
export class ChangeStreams {
  readonly #clients = new Set<Client>();
  readonly #services: Services;
  readonly #metrics: Metrics;
  #pending = new Map<string, Pick<Change, 'kind' | 'id'>>();
  #gathering: NodeJS.Timeout | undefined;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(services: Services, metrics: Metrics) {
    this.#services = services;
    this.#metrics = metrics;
    services.changes.subscribe((change) => this.#take(change), services.signal);
    services.signal.addEventListener('abort', () => this.stop(), { once: true });
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
  }

  /** @throws AtelierError `request.too-many`, `people.not-signed-in`, before anything is written */
  open(context: RequestContext, response: ServerResponse): void {
    const { actor } = context;
    if (actor.kind !== 'user') throw new AtelierError('people.not-signed-in', 'this address is for people');
    const own = [...this.#clients].filter((client) => client.actor.id === actor.id).length;
    if (own >= clientsPerUser || this.#clients.size >= clientsInAll)
      throw new AtelierError('request.too-many', 'too many change streams are open', {
        extra: { retryAfterSeconds: 30 },
      });
    const client: Client = { actor, response, since: Date.now() };
    this.#clients.add(client);
    this.#metrics.changeStreams.inc();
    context.signal.addEventListener('abort', () => this.#forget(client), { once: true });
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.#write(client, 'retry: 2000\nevent: hello\ndata: {}\n\n');
  }

  #forget(client: Client): void {
    if (this.#clients.delete(client)) this.#metrics.changeStreams.dec();
  }

  #write(client: Client, text: string): void {
    if (client.response.writableLength > longestBacklog) {
      this.#forget(client);
      client.response.destroy();
      return;
    }
    client.response.write(text);
  }

  #end(client: Client): void {
    this.#forget(client);
    client.response.end();
  }

  #beat(): void {
    const now = Date.now();
    for (const client of this.#clients)
      if (now - client.since > longestMs) this.#end(client);
      else this.#write(client, ':\n\n');
  }

  #take(change: Change): void {
    if (this.#clients.size === 0) return;
    if (this.#pending.size >= longestPending) this.#pending = new Map([['everything', { kind: 'everything', id: '' }]]);
    this.#pending.set(ownKey(change), { kind: change.kind, id: change.id });
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.#tell();
    }, gatherMs);
  }

  async #tell(): Promise<void> {
    const changes = [...this.#pending.values()];
    this.#pending = new Map();
    const asked = changes.filter(({ kind }) => isOwned(kind));
    const owners = await (asked.length > 0 ? ownersOf(this.#services.db, asked) : Promise.resolve(new Map())).catch(
      (error: Error) => {
        this.#services.log.warn({ reason: error.message }, 'owners of changes could not be looked up');
        return new Map<string, ReadonlySet<string>>();
      },
    );
    for (const client of this.#clients) {
      const lines = new Set<string>();
      for (const change of changes) {
        const told = toldOf(change, client.actor, owners);
        if (told) lines.add(`event: change\ndata: ${JSON.stringify(told)}\n\n`);
      }
      if (lines.size > 0) this.#write(client, [...lines].join(''));
    }
    this.#endOutdated(changes);
  }

  /** Whose rights may have changed comes again with the new ones. */
  #endOutdated(changes: readonly Pick<Change, 'kind' | 'id'>[]): void {
    const all = changes.some(({ kind }) => kind === 'group' || kind === 'role-binding');
    const users = new Set(changes.filter(({ kind }) => kind === 'user').map(({ id }) => id));
    if (!all && users.size === 0) return;
    for (const client of this.#clients) if (all || users.has(client.actor.id)) this.#end(client);
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#gathering);
    for (const client of this.#clients) this.#end(client);
  }
}
