import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { mayBeCached, type PackCache } from './pack-cache.ts';
import type { PullThrough } from './pull-through.ts';

export type PeerServerOptions = {
  readonly cache: Pick<PackCache, 'held' | 'read'>;
  /** PEM texts: our certificate and key, and the authority of those who may connect */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** all addresses of this computer unless told */
  readonly host?: string;
  readonly port: number;
  /** Whether the endpoint with this id, which its certificate proves, may read, by the pass that it shows. */
  readonly mayRead: (endpointId: string, pass: string) => boolean;
  /** Whether anything is given away at this time. */
  readonly open: () => boolean;
  /** Fetches what is not here; absent unless this is a site cache. */
  readonly pull?: PullThrough;
  /** told of bytes that went out */
  readonly onServed?: (bytes: number) => void;
};

export type PeerServer = { readonly port: number; readonly close: () => Promise<void> };

const mostConnections = 64;
const mostAnswers = 16;
/** Largest range that is answered. */
const mostBytes = 64 * 1024 * 1024;
/** A reader that takes nothing for so long is let go, in milliseconds. */
const idleMs = 20_000;

/**
 * Gives what the cache holds to other endpoints of the same authority, over mutual TLS, as ranges of the repository's own
 * paths. It answers with as much as it has from the beginning of the range on, and 404 when it has nothing there.
 */
export async function servePeers(options: PeerServerOptions): Promise<PeerServer> {
  const { tls, host, port } = options;
  let answers = 0;
  const server = createServer(
    {
      ...tls,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
      handshakeTimeout: 10_000,
      requestTimeout: 10_000,
      headersTimeout: 10_000,
      maxHeaderSize: 8 * 1024,
    },
    (request, response) => {
      if (answers >= mostAnswers) return refuse(response, 503);
      answers++;
      answer(options, request, response)
        .catch(() => response.destroy())
        .finally(() => answers--);
    },
  );
  server.maxConnections = mostConnections;
  server.setTimeout(idleMs, (socket) => socket.destroy());
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(options: PeerServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { cache, pull } = options;
  if (request.method !== 'GET') return refuse(response, 405);
  const { subject } = (request.socket as TLSSocket).getPeerCertificate();
  const [scheme, pass = ''] = (request.headers.authorization ?? '').split(' ', 2);
  if (scheme !== 'Bearer' || typeof subject?.CN !== 'string' || !options.mayRead(subject.CN, pass))
    return refuse(response, 403);
  if (!options.open()) return refuse(response, 503);
  const path = /^\/repository\/([A-Za-z0-9._/-]{1,300})$/.exec(request.url ?? '')?.[1];
  const asked = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(request.headers.range ?? '');
  if (path === undefined || !asked || !mayBeCached(path)) return refuse(response, 404);
  const first = Number(asked[1]);
  const end = Math.min(Number(asked[2]) + 1, first + mostBytes);
  if (end <= first) return refuse(response, 404);
  // the first stretch is pulled before anything is promised
  if (pull && cache.held(path, first, 1) === 0) await pull.pull(path, first, end).catch(() => undefined);
  const held = cache.held(path, first, end - first);
  if (held === 0) return refuse(response, 404);
  const length = pull ? end - first : held;
  response.writeHead(206, {
    'content-length': length,
    'content-range': `bytes ${first}-${first + length - 1}/*`,
    'content-type': 'application/octet-stream',
    'cache-control': 'private, immutable',
  });
  for (let at = first; at < first + length; ) {
    const before = at;
    for await (const part of cache.read(path, at, first + length - at)) {
      at += part.length;
      options.onServed?.(part.length);
      if (!response.write(part)) await drained(response);
    }
    if (at < first + length && at === before) {
      if (!pull) throw new Error('it was dropped meanwhile');
      await pull.pull(path, at, first + length);
      if (cache.held(path, at, 1) === 0) throw new Error('it cannot be had');
    }
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once('drain', resolve);
    response.once('close', () => reject(new Error('the reader went away')));
  });
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}
