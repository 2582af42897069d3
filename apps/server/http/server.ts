import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { newId } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { fastifyCookie } from '@fastify/cookie';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { ServerCertificate } from '../certificates/server-certificate.ts';
import { correlationIdOf } from './correlation-id.ts';
import type { Gate } from './exchange.ts';
import { fastifyRoutes } from './fastify-routes.ts';
import type { Metrics } from './metrics.ts';
import { toProblem } from './problem.ts';
import { peerAddress } from './request-context.ts';
import type { Routes } from './routes.ts';
import { securityHeaders } from './security-headers.ts';
import { Upgrades } from './upgrade.ts';

/** An HTTPS server with the routes of the contract on it. */
export interface HttpServer {
  readonly app: FastifyInstance;
  readonly routes: Routes;
  /** Starts to listen and gives the port. */
  listen(host: string, port: number): Promise<number>;
  /** Uses another certificate for new connections. */
  useCertificate(certificate: ServerCertificate): void;
  /** Somebody's rights changed: sockets that they may not have any more are closed. */
  rightsChanged(): void;
  /** Lets requests in work end for some seconds, closes streams and sockets, and stops listening. */
  stop(): Promise<void>;
}

const drainMs = 5_000;

function logAccess(app: FastifyInstance, gate: Gate, metrics: Metrics): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders(request.headers.host), 'x-correlation-id': request.id });
    const since = performance.now();
    reply.raw.once('close', () => {
      const route = request.routeOptions.url ?? 'unknown';
      const seconds = (performance.now() - since) / 1000;
      const status = reply.raw.writableFinished ? reply.raw.statusCode : 499;
      metrics.requests.labels(request.method, route, String(status)).observe(seconds);
      const level = route.startsWith('/api/') ? 'info' : 'debug';
      gate.log[level](
        {
          correlationId: request.id,
          method: request.method,
          path: request.url.split('?', 1)[0],
          status,
          ms: Math.round(seconds * 1000),
          ip: peerAddress(request.raw),
        },
        'request',
      );
    });
  });
}

function answerErrors(app: FastifyInstance, gate: Gate): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = toProblem(error, request.id);
    const fields = { correlationId: request.id, code: answer.problem.code, detail: answer.problem.detail };
    if (answer.unexpected) gate.log.error({ ...fields, err: error }, 'a request met an unexpected error');
    else gate.log[answer.status === 503 ? 'warn' : 'debug'](fields, 'a request was refused');
    // What is left of an upload that nobody wants is not worth reading.
    if (!request.raw.complete) reply.header('connection', 'close');
    return reply.code(answer.status).headers(answer.headers).send(answer.problem);
  });
}

/** Makes the server; nothing listens yet. `certificate` is ours, `ca` (PEM) is who signs the endpoints' certificates. */
export function httpServer(given: {
  readonly gate: Gate;
  readonly metrics: Metrics;
  readonly certificate: ServerCertificate;
  readonly ca: string;
  readonly idempotencySecret: Uint8Array;
}): HttpServer {
  const { gate, metrics } = given;
  const tls = (certificate: ServerCertificate) => ({
    ...certificate,
    ca: [given.ca],
    minVersion: 'TLSv1.2' as const,
  });
  let server: Server | undefined;
  const live = new Set<AbortController>();
  const upgrades = new Upgrades(gate, metrics);
  const app = fastify({
    serverFactory: (handler) => {
      server = createServer(
        {
          ...tls(given.certificate),
          requestCert: true,
          rejectUnauthorized: false,
          maxHeaderSize: 16 * 1024,
          headersTimeout: 15_000,
          // Uploads of disks take as long as they take; bodies of other addresses have their own time limit.
          requestTimeout: 0,
          keepAliveTimeout: 60_000,
          handshakeTimeout: 10_000,
        },
        handler,
      );
      return server;
    },
    logger: false,
    requestIdHeader: false,
    genReqId: (request) => correlationIdOf(request) ?? newId(),
    bodyLimit: 1024 * 1024,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    frameworkErrors: (error, request, reply) => {
      const answer = toProblem(error, request.id);
      void (reply as FastifyReply).code(answer.status).headers(answer.headers).send(answer.problem);
    },
  }) as unknown as FastifyInstance;
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null, undefined));
  // Messages of WS-Management and of hosts: read whole, with the limit of their address.
  const ofHosts = ['host-report', 'rdp-certificate', 'desktop-return'].map(
    (name) => `application/vnd.atelier.${name}+json`,
  );
  const whole = ['application/soap+xml', ...ofHosts];
  app.addContentTypeParser(whole, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // It loads what reads and writes cookies; when and which is decided in this folder.
  void app.register(fastifyCookie, { hook: false });
  logAccess(app, gate, metrics);
  answerErrors(app, gate);
  upgrades.attach(server!);
  return {
    app,
    routes: fastifyRoutes({ app, gate, upgrades, live, idempotencySecret: given.idempotencySecret }),
    useCertificate: (certificate) => server!.setSecureContext(tls(certificate)),
    rightsChanged: () => upgrades.recheckSoon(),
    async listen(host, port) {
      await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error;
        const message = `port ${port} of ${host} is in use: stop the other program, or set ATELIER_PORT`;
        throw new Error(message, { cause: error });
      });
      return (server!.address() as AddressInfo).port;
    },
    async stop() {
      const closed = app.close();
      const cut = setTimeout(() => {
        for (const controller of live) controller.abort(new AtelierError('server.not-ready', 'the server is stopping'));
        server!.closeAllConnections();
      }, drainMs);
      await upgrades.stop();
      await closed.finally(() => clearTimeout(cut));
    },
  };
}
