import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId } from '@atelier/adapters/postgres';
import { apiBase, type Endpoint } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { type WebSocket, WebSocketServer } from 'ws';
import { correlationIdOf } from './correlation-id.ts';
import { admit, type Gate, noteRefusal, validate } from './exchange.ts';
import type { RequestContext } from './handlers.ts';
import type { Metrics } from './metrics.ts';
import { toProblem } from './problem.ts';
import { requestContext } from './request-context.ts';
import type { SocketLimits } from './routes.ts';

interface SocketRoute {
  readonly endpoint: Endpoint;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly accept: WebSocketServer;
  readonly prepare: (input: never, context: RequestContext) => Promise<unknown>;
  readonly open: (socket: WebSocket, prepared: never, context: RequestContext) => void;
}

const pingEveryMs = 20_000;
const prepareWithinMs = 15_000;
const closeWithinMs = 2_000;
/** A session may end without a word to anybody. */
const recheckEveryMs = 60_000;
const gatherMs = 200;

function refuse(duplex: Duplex, error: unknown, correlationId: string): void {
  const { status, headers, problem } = toProblem(error, correlationId);
  const body = JSON.stringify(problem);
  const lines = Object.entries({ ...headers, 'x-correlation-id': correlationId, connection: 'close' });
  duplex.end(
    `HTTP/1.1 ${status} ${status}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Ends a socket whose peer has gone without a word. */
function watch(socket: WebSocket): void {
  let heard = true;
  const timer = setInterval(() => {
    if (!heard) return socket.terminate();
    heard = false;
    socket.ping();
  }, pingEveryMs);
  const alive = () => {
    heard = true;
  };
  socket.on('pong', alive).on('message', alive);
  socket.once('close', () => clearInterval(timer));
}

/** The WebSocket addresses of a server: same checks as for other addresses, before the upgrade. */
export class Upgrades {
  readonly #routes: SocketRoute[] = [];
  readonly #open = new Map<WebSocket, () => Promise<unknown>>();
  #recheck: NodeJS.Timeout | undefined;
  #rechecking: NodeJS.Timeout | undefined;
  readonly #gate: Gate;
  readonly #metrics: Metrics;
  #stopping = false;

  constructor(gate: Gate, metrics: Metrics) {
    this.#gate = gate;
    this.#metrics = metrics;
  }

  add(
    endpoint: Endpoint,
    prepare: SocketRoute['prepare'],
    open: SocketRoute['open'],
    { maxPayload = 64 * 1024, protocol }: SocketLimits,
  ): void {
    const names: string[] = [];
    const source = endpoint.path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
      names.push(name);
      return '([^/]+)';
    });
    const accept = new WebSocketServer({
      noServer: true,
      maxPayload,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols: (offered) => (protocol !== undefined && offered.has(protocol) ? protocol : false),
    });
    this.#routes.push({ endpoint, pattern: new RegExp(`^${apiBase}${source}$`), names, accept, prepare, open });
  }

  attach(server: Server): void {
    this.#recheck = setInterval(() => void this.#endForbidden(), recheckEveryMs);
    server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
      const correlationId = correlationIdOf(request) ?? newId();
      duplex.on('error', () => duplex.destroy());
      this.#upgrade(request, duplex, head, correlationId).catch((error: unknown) => {
        const answer = toProblem(error, correlationId);
        this.#gate.log[answer.unexpected ? 'error' : 'info'](
          { correlationId, code: answer.problem.code, ...(answer.unexpected ? { err: error } : {}) },
          'socket refused',
        );
        refuse(duplex, error, correlationId);
      });
    });
  }

  #match(path: string) {
    for (const route of this.#routes) {
      const found = route.pattern.exec(path);
      if (!found) continue;
      const values = found.slice(1).map((value) => decodeURIComponent(value));
      return { route, params: Object.fromEntries(route.names.map((name, index) => [name, values[index]])) };
    }
    return undefined;
  }

  async #upgrade(request: IncomingMessage, duplex: Duplex, head: Buffer, correlationId: string): Promise<void> {
    if (this.#stopping) throw new AtelierError('server.not-ready', 'the server is stopping');
    const url = new URL(request.url ?? '/', 'https://server');
    const match = this.#match(url.pathname);
    if (!match) throw new AtelierError('request.not-found', `${url.pathname} is not a WebSocket address`);
    const { route, params } = match;
    const { actor } = await admit(request, route.endpoint, params, this.#gate, correlationId);
    const input = validate(route.endpoint, { params, query: Object.fromEntries(url.searchParams), body: undefined });
    const gone = new AbortController();
    duplex.once('close', () => gone.abort());
    const context = requestContext({
      request,
      actor,
      correlationId,
      signal: gone.signal,
      content: false,
      setCookieHeader: () => {},
      refused: (error) => noteRefusal(this.#gate, route.endpoint, actor, correlationId, error),
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new AtelierError('server.not-ready', 'the other side did not come in time')),
        prepareWithinMs,
      );
    });
    const prepared = await Promise.race([route.prepare(input as never, context), late]).finally(() =>
      clearTimeout(timer),
    );
    route.accept.handleUpgrade(request, duplex, head, (socket) => {
      const gauge = this.#metrics.sockets.labels(route.endpoint.path);
      this.#open.set(socket, () => admit(request, route.endpoint, params, this.#gate));
      gauge.inc();
      socket.once('close', () => {
        this.#open.delete(socket);
        gauge.dec();
      });
      socket.on('error', (error) =>
        this.#gate.log.info({ correlationId, reason: error.message }, 'socket ended with an error'),
      );
      watch(socket);
      this.#gate.log.debug({ correlationId, path: url.pathname, actor: actor.kind }, 'socket open');
      route.open(socket, prepared as never, context);
    });
  }

  /** Rights may have changed: looks soon whether those with open sockets still may have them. */
  recheckSoon(): void {
    this.#rechecking ??= setTimeout(() => {
      this.#rechecking = undefined;
      void this.#endForbidden();
    }, gatherMs);
  }

  /** Asks for each open socket what was asked before it opened; a database that is away ends nothing. */
  async #endForbidden(): Promise<void> {
    for (const [socket, mayStay] of [...this.#open]) {
      try {
        await mayStay();
      } catch (error) {
        const { status, problem } = toProblem(error, '');
        if (status === 401 || status === 403) socket.close(1008, problem.code);
      }
    }
  }

  /** Refuses new sockets, asks the open ones to close (1001) and cuts those that do not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#recheck);
    clearTimeout(this.#rechecking);
    const closing = [...this.#open.keys()].map(
      (socket) =>
        new Promise<void>((resolve) => {
          const cut = setTimeout(() => socket.terminate(), closeWithinMs);
          socket.once('close', () => {
            clearTimeout(cut);
            resolve();
          });
          socket.close(1001, 'the server is stopping');
        }),
    );
    await Promise.all(closing);
  }
}
