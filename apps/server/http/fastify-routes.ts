import { apiBase, type Endpoint, type Endpoints, type Validated } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from './authenticate.ts';
import { admit, type Gate, noteRefusal, validate } from './exchange.ts';
import type { Actor, RequestContext } from './handlers.ts';
import { once } from './idempotency.ts';
import { requestContext } from './request-context.ts';
import { etagOf } from './revision.ts';
import type { BytesAnswer, Routes } from './routes.ts';
import type { Upgrades } from './upgrade.ts';

const jsonLimit = 1024 * 1024;
/** Endpoints deliver their events in batches. */
const deviceLimit = 8 * 1024 * 1024;
const answerWithinMs = 60_000;
const receiveWithinMs = 30_000;

type AnyHandler = (input: Validated<Endpoint>, context: RequestContext) => Promise<unknown>;

/** What of a request outlives one hook. */
interface Exchange {
  readonly caller: Caller;
  readonly controller: AbortController;
}

/** What the registration needs of the server around it. */
export interface RoutesOver {
  readonly app: FastifyInstance;
  readonly gate: Gate;
  readonly upgrades: Upgrades;
  /** Controllers of requests in work: aborted when the server stops waiting for them. */
  readonly live: Set<AbortController>;
  readonly idempotencySecret: Uint8Array;
}

/** Cuts off a caller that sends its body by the drop. */
function receiveInTime(request: FastifyRequest): void {
  const timer = setTimeout(() => request.raw.destroy(), receiveWithinMs);
  request.raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

const inputOf = (endpoint: Endpoint, { params, query, body }: FastifyRequest): Validated<Endpoint> =>
  validate(endpoint, { params, query, body: endpoint.stream === 'in' ? undefined : body });

/** What the contract promises; a handler that breaks it is a defect, not the caller's mistake. */
function promised(endpoint: Endpoint, answer: unknown): unknown {
  if (!endpoint.response) return undefined;
  const result = endpoint.response.safeParse(answer);
  if (result.success) return result.data;
  throw new Error(`the answer of ${endpoint.method} ${endpoint.path} breaks the contract`, { cause: result.error });
}

const isTimeUp = (reason: unknown): boolean =>
  reason instanceof Error && 'code' in reason && reason.code === 'FST_ERR_HANDLER_TIMEOUT';

/** The registration of a server's addresses on fastify. */
export function fastifyRoutes({ app, gate, upgrades, live, idempotencySecret }: RoutesOver): Routes {
  const exchanges = new WeakMap<FastifyRequest, Exchange>();

  const begin = async (endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply) => {
    const controller = new AbortController();
    live.add(controller);
    reply.raw.once('close', () => {
      live.delete(controller);
      controller.abort();
    });
    // Time is up, and the caller has been told: the work should end too. The signal also aborts when a body was read to its end, which means nothing.
    if (!endpoint.stream) {
      const { signal } = request;
      signal.addEventListener('abort', () => isTimeUp(signal.reason) && controller.abort(), { once: true });
    }
    const caller = await admit(request.raw, endpoint, request.params, gate, request.id);
    exchanges.set(request, { caller, controller });
    if (endpoint.stream === 'in') request.raw.setTimeout?.(receiveWithinMs);
    else receiveInTime(request);
  };

  const contextOf = (endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): RequestContext => {
    const { caller, controller } = exchanges.get(request)!;
    return requestContext({
      request: request.raw,
      actor: caller.actor,
      correlationId: request.id,
      signal: controller.signal,
      content: endpoint.stream === 'in',
      setCookieHeader: (value) => void reply.header('set-cookie', value),
      refused: (error) => noteRefusal(gate, endpoint, caller.actor, request.id, error),
    });
  };

  const add = (endpoint: Endpoint, handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>) =>
    app.route({
      method: endpoint.method,
      url: apiBase + endpoint.path,
      bodyLimit: endpoint.access === 'device' ? deviceLimit : jsonLimit,
      ...(endpoint.stream ? {} : { handlerTimeout: answerWithinMs }),
      onRequest: (request, reply) => begin(endpoint, request, reply),
      handler: handle,
    });

  const json = (endpoint: Endpoint, handler: AnyHandler) =>
    add(endpoint, async (request, reply) => {
      const input = inputOf(endpoint, request);
      const context = contextOf(endpoint, request, reply);
      const status = endpoint.status ?? (endpoint.response ? 200 : 204);
      const work = async () => ({ status, body: promised(endpoint, await handler(input, context)) });
      const key = request.headers['idempotency-key'];
      const { actor } = context;
      const repeatable = endpoint.method === 'POST' && typeof key === 'string' && actor.kind !== 'nobody';
      const what = { path: request.url, body: input.body };
      const answer = repeatable ? await once(gate.queries, idempotencySecret, actor, key, what, work) : await work();
      const etag = etagOf(answer.body);
      if (etag) reply.header('etag', etag);
      reply.code(answer.status).header('cache-control', 'no-store');
      return answer.status === 204 ? reply.send() : reply.send(answer.body);
    });

  return {
    json: (all, handlers) => {
      for (const [name, endpoint] of Object.entries(all as Endpoints)) {
        const handler = (handlers as Record<string, AnyHandler | undefined>)[name];
        if (handler) json(endpoint, handler);
      }
    },
    bytes: (endpoint, handler) => {
      add(endpoint, async (request, reply) => {
        const input = inputOf(endpoint, request) as Validated<typeof endpoint>;
        const answer: BytesAnswer = await handler(input, contextOf(endpoint, request, reply));
        reply.code(answer.status ?? 200).headers({ 'cache-control': 'no-store', ...answer.headers });
        return reply.send(answer.body);
      });
    },
    events: (endpoint, open) => {
      add(endpoint, async (request, reply) => {
        const input = inputOf(endpoint, request) as Validated<typeof endpoint>;
        const context = contextOf(endpoint, request, reply);
        for (const [name, value] of Object.entries(reply.getHeaders()))
          if (value !== undefined) reply.raw.setHeader(name, value as string);
        open(input, context, reply.raw);
        reply.hijack();
      });
    },
    socket: (endpoint, prepare, open, limits = {}) => {
      upgrades.add(endpoint, prepare as never, open as never, limits);
    },
    messages: (path, { largest, challenge, admits }, handler) => {
      app.route({
        method: 'POST',
        url: path,
        bodyLimit: largest,
        handlerTimeout: answerWithinMs,
        onRequest: async (request, reply) => {
          receiveInTime(request);
          // What somebody unknown sends is not worth reading.
          if (!admits(request.raw))
            return reply.code(401).headers({ 'www-authenticate': challenge, connection: 'close' }).send();
        },
        handler: async (request, reply) => {
          const body = request.body ?? Buffer.alloc(0);
          if (!Buffer.isBuffer(body)) return reply.code(415).send();
          const params = request.params as Readonly<Record<string, string>>;
          const answer = await handler({ params, body, correlationId: request.id, request: request.raw });
          reply.code(answer.status ?? 200).headers({ 'cache-control': 'no-store', ...answer.headers });
          return reply.send(answer.body);
        },
      });
    },
    files: (prefix, handler) => {
      app.route({
        method: ['GET', 'HEAD'],
        url: `${prefix}*`,
        handler: async (request, reply) => {
          const actor: Actor = (await admit(request.raw, publicFiles, undefined, gate)).actor;
          const [raw = '', search] = (request.raw.url ?? '').split('?', 2);
          const path = cleanPath(raw.slice(prefix.length));
          reply.hijack();
          for (const [name, value] of Object.entries(reply.getHeaders()))
            if (value !== undefined) reply.raw.setHeader(name, value as string);
          await handler({
            path,
            query: new URLSearchParams(search),
            actor,
            correlationId: request.id,
            request: request.raw,
            response: reply.raw,
          });
        },
      });
    },
  };
}

const publicFiles: Endpoint = { method: 'GET', path: '/', summary: 'files', access: 'public' };

/** @throws AtelierError `request.invalid` for a path that leads elsewhere than it looks */
function cleanPath(encoded: string): string {
  const bad = () => new AtelierError('request.invalid', 'the path is not valid');
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    throw bad();
  }
  const parts = path.split('/');
  if (path.includes('\0') || path.includes('\\') || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw bad();
  return path;
}
