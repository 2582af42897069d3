import http from 'node:http';
import https from 'node:https';
import { TrimError } from '@atelier/trim';
import type { RepositoryAccess } from './fetch-types.ts';
import { connectionFailure, statusFailure } from './http-error.ts';

export type Answer = {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  readonly headers: http.IncomingHttpHeaders;
  /** ends the answer without reading it */
  readonly discard: () => void;
};

/** Kept-alive connections to a repository and its mirrors. One request at a time per call; no retries here. */
export type Connections = {
  /** Asks for `path` of the mirror numbered `mirror`; `range` is first and last byte. */
  readonly ask: (
    mirror: number,
    path: string,
    range: readonly [number, number] | undefined,
    signal?: AbortSignal,
  ) => Promise<Answer>;
  readonly mirrors: number;
  readonly close: () => void;
};

export function connections(access: RepositoryAccess, parallel: number): Connections {
  const bases = access.baseUrls.map(baseUrl);
  if (bases.length === 0) throw new TrimError('trim.network', 'the repository has no address');
  const options = { keepAlive: true, maxSockets: parallel, maxFreeSockets: parallel };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent({ ...options, ...access.tls }) };
  const idle = access.idleTimeoutMs ?? 30_000;
  let headers: Promise<Readonly<Record<string, string>>> | undefined;
  const credentials = () => {
    headers ??= access.headers?.('first') ?? Promise.resolve({});
    return headers;
  };

  const once = async (
    url: URL,
    range: readonly [number, number] | undefined,
    signal?: AbortSignal,
  ): Promise<http.IncomingMessage> => {
    const sent = {
      ...(await credentials()),
      'accept-encoding': 'identity',
      'cache-control': 'no-transform',
      ...(range && { range: `bytes=${range[0]}-${range[1]}` }),
    };
    const { protocol } = url;
    const agent = agents[protocol as 'http:'];
    return new Promise((resolve, reject) => {
      const request = (protocol === 'https:' ? https : http).request(url, { agent, headers: sent, signal }, resolve);
      const timer = setTimeout(() => request.destroy(stoodStill(idle)), idle);
      request.on('response', () => clearTimeout(timer));
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      request.end();
    });
  };

  return {
    mirrors: bases.length,
    async ask(mirror, path, range, signal) {
      const url = new URL(path, bases[mirror % bases.length]);
      const shown = url.origin + url.pathname;
      try {
        const used = credentials();
        let response = await once(url, range, signal);
        if (response.statusCode === 401 && access.headers) {
          response.resume();
          // several requests meet the same 401: only the first asks for new credentials
          if (headers === used) headers = access.headers('unauthorized');
          response = await once(url, range, signal);
        }
        const status = response.statusCode ?? 0;
        if (status !== 200 && status !== 206) {
          response.resume();
          throw statusFailure(status, shown, response.headers['retry-after']);
        }
        return { status, body: timed(response, idle), headers: response.headers, discard: () => response.destroy() };
      } catch (error) {
        if (signal?.aborted) throw error;
        throw connectionFailure(error, shown);
      }
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

/** Who gives less than this in the idle time counts as dead, however often he sends a byte. */
const leastBytes = 4096;

/** The pieces of a body; only the time that we wait for one counts, not the time that the reader takes for it. */
async function* timed(response: http.IncomingMessage, idle: number): AsyncGenerator<Uint8Array> {
  const pieces = response[Symbol.asyncIterator]();
  let left = idle;
  let got = 0;
  try {
    for (;;) {
      const began = performance.now();
      const timer = setTimeout(() => response.destroy(stoodStill(idle)), left);
      const { done, value } = await pieces.next().finally(() => clearTimeout(timer));
      if (done) return;
      left -= performance.now() - began;
      got += (value as Uint8Array).length;
      if (got >= leastBytes) [left, got] = [idle, 0];
      yield value as Uint8Array;
    }
  } finally {
    if (!response.complete) response.destroy();
  }
}

function stoodStill(idle: number): Error {
  return new Error(`less than ${leastBytes} bytes came in ${idle} ms`);
}

function baseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text.endsWith('/') ? text : `${text}/`);
  } catch (cause) {
    throw new TrimError('trim.network', `not an address of a repository: ${text.slice(0, 200)}`, { cause });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TrimError('trim.network', `not an http address: ${url.protocol}`);
  return url;
}
