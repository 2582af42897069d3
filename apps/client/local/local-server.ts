import { randomUUID } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Answer, apiBase, type Endpoint, localEndpoints, type Validated } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Log } from '../log/client-log.ts';
import { problemOf } from './problem-of.ts';

type Local = typeof localEndpoints;
/** One function for each address of the local contract, but for the stream of changes. */
export type LocalHandlers = {
  readonly [Name in Exclude<keyof Local, 'watch'>]: (input: Validated<Local[Name]>) => Promise<Answer<Local[Name]>>;
};
/** Writes server-sent events until the caller goes away. */
export type WatchHandler = (request: IncomingMessage, response: ServerResponse) => void;

const largestBody = 64 * 1024;

/** Serves the local contract on a UNIX socket that only its owner may open. */
export async function startLocalServer(parts: {
  readonly socketPath: string;
  readonly handlers: LocalHandlers;
  readonly watch: WatchHandler;
  readonly log: Log;
}): Promise<{ stop(): Promise<void> }> {
  const routes = Object.entries(localEndpoints as Record<string, Endpoint>).map(([name, endpoint]) => ({
    name,
    endpoint,
    pattern: new RegExp(`^${apiBase}${endpoint.path.replace(/:([A-Za-z]+)/g, '(?<$1>[^/]+)')}$`),
  }));

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://local');
    for (const { name, endpoint, pattern } of routes) {
      const match = endpoint.method === request.method ? pattern.exec(url.pathname) : null;
      if (!match) continue;
      if (endpoint.stream === 'events') return parts.watch(request, response);
      const input = {
        params: endpoint.params?.parse(decoded(match.groups)),
        query: endpoint.query?.parse(Object.fromEntries(url.searchParams)),
        body: endpoint.body?.parse(await readJson(request)),
      };
      const handle = parts.handlers[name as keyof LocalHandlers] as (input: unknown) => Promise<unknown>;
      return send(response, endpoint.status ?? 200, 'application/json', await handle(input));
    }
    throw new AtelierError('request.not-found', `${request.method} ${url.pathname} is not an address of the client`);
  };

  const server = createServer({ requestTimeout: 30_000, maxHeaderSize: 16 * 1024 }, (request, response) => {
    const correlationId = randomUUID();
    answer(request, response).catch((error) => {
      const problem = problemOf(error, correlationId);
      if (problem.code === 'server.internal') parts.log.error('a local request failed', { correlationId, error });
      if (response.headersSent) response.destroy();
      else send(response, problem.status, 'application/problem+json', problem);
    });
  });
  await listen(server, parts.socketPath);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The lock on the state folder is ours, so a socket that is there was left by a crash. */
async function listen(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  chmodSync(path, 0o600);
}

function send(response: ServerResponse, status: number, type: string, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > largestBody)
      throw new AtelierError('request.too-large', `the body is longer than ${largestBody} bytes`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
  } catch (cause) {
    throw new AtelierError('request.invalid', 'the body is not JSON', { cause });
  }
}

function decoded(groups: Record<string, string> = {}): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch (cause) {
    throw new AtelierError('request.invalid', 'the address is not well encoded', { cause });
  }
}
