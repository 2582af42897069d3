import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { ConnectionState } from '../auth/connection-state.ts';
import type { ListenerEntry } from '../config/listener-entry.ts';
import { createServer } from './node-http.ts';
import { type Service, serveRequest } from './serve-request.ts';

/** Certificate and key in PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** One open port. */
export interface HttpEdge {
  readonly entry: ListenerEntry;
  readonly port: number;
  /** Takes over what the settings say about connections. */
  refresh(): void;
  /** Shows another certificate to whoever connects from now on. */
  useTls(tls: TlsIdentity): void;
  close(): Promise<void>;
}

/** Kerberos tickets of people in many groups are long; what is longer is an attack (431). */
const maxHeaderSize = 60 * 1024;
const keepAliveMs = 10 * 60_000;

/** Answers what the parser of HTTP refused: 400 and the end, 408 for who is too slow, 431 for too many headers. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? '408 Request Timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
  if (socket.writable && error.code !== 'ECONNRESET')
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), 1000).unref();
}

/** Opens one port. Throws when it cannot be had. */
export async function openEdge(
  entry: ListenerEntry,
  tls: TlsIdentity | null,
  service: Service,
  tlsOptions: TlsOptions = {},
): Promise<HttpEdge> {
  const path = new RegExp(`^/${RegExp.escape(entry.urlPrefix)}/?(\\?|$)`, 'i');
  const states = new WeakMap<Socket, ConnectionState>();
  const open = new Set<Socket>();
  const { Service } = service.settings.current.config;

  const stateOf = (socket: Socket): ConnectionState => {
    let state = states.get(socket);
    if (!state) {
      state = new ConnectionState(socket, tls !== null);
      states.set(socket, state);
    }
    return state;
  };
  const failed = (error: unknown, response: ServerResponse) => {
    if (response.destroyed || response.socket?.destroyed) return; // the client went
    service.audit({ kind: 'failure', message: 'a request could not be served', error });
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { 'Content-Length': 0, Connection: 'close' }).end();
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (!path.test(request.url ?? '')) {
      refuse(request, response, 404);
      return;
    }
    if (request.method !== 'POST') {
      refuse(request, response, 405, { Allow: 'POST' });
      return;
    }
    const connection = stateOf(request.socket);
    const serve = () => serveRequest(service, connection, request, response).catch((error) => failed(error, response));
    const work = connection.last ? connection.last.then(serve) : serve();
    connection.last = work;
    void work.then(() => {
      if (connection.last === work) connection.last = null;
    });
  };

  const options: ServerOptions = {
    maxHeaderSize,
    keepAliveTimeout: keepAliveMs,
    requestTimeout: Service.MaxPacketRetrievalTimeSeconds * 1000,
    headersTimeout: Service.MaxPacketRetrievalTimeSeconds * 1000,
    connectionsCheckingInterval: Math.min(5000, Service.MaxPacketRetrievalTimeSeconds * 500),
    noDelay: true,
  };
  const server: Server = tls
    ? createTlsServer({ ...options, ...tlsOptions, ...tls, minVersion: 'TLSv1.2' }, handle)
    : createServer(options, handle);
  server.on('clientError', (error, socket) => refuseBytes(error, socket as Socket));
  server.on('tlsClientError', () => {});
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const limit = service.settings.current.config.MaxEnvelopeSizekb * 1024 + 16 * 1024;
    if (Number(request.headers['content-length'] ?? 0) <= limit) response.writeContinue();
    handle(request, response);
  });
  server.on('connection', (socket: Socket) => {
    if (!service.admission.take(socket)) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(entry.port, entry.address === '*' ? undefined : entry.address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    entry,
    port: (server.address() as AddressInfo).port,
    refresh: () => {
      const { MaxPacketRetrievalTimeSeconds } = service.settings.current.config.Service;
      server.requestTimeout = server.headersTimeout = MaxPacketRetrievalTimeSeconds * 1000;
      for (const socket of open) if (!service.admission.allows(socket)) socket.destroy();
    },
    useTls: (next) => {
      if (server instanceof TlsServer) server.setSecureContext({ ...next, ca: tlsOptions.ca, minVersion: 'TLSv1.2' });
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, headers = {}): void {
  response.writeHead(status, { ...headers, 'Content-Length': 0, Connection: 'close' });
  response.end();
  request.resume();
}
