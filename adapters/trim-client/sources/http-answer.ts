import http from 'node:http';
import https from 'node:https';
import { connectionFailure, statusFailure } from '../http-error.ts';
import type { Answer } from './source.ts';

export type HttpQuestion = {
  readonly url: URL;
  readonly agent: http.Agent | https.Agent;
  readonly headers: Readonly<Record<string, string>>;
  readonly range: readonly [number, number] | undefined;
  /** milliseconds of waiting for 4 KiB after which the request counts as dead */
  readonly idleMs: number;
  /** milliseconds until a new connection must stand; as long as `idleMs` unless told */
  readonly connectMs?: number;
  readonly signal?: AbortSignal;
};

/** Asks once. Gives the answer whatever its status; throws what the connection throws. */
export function askOnce({
  url,
  agent,
  headers,
  range,
  idleMs,
  connectMs,
  signal,
}: HttpQuestion): Promise<http.IncomingMessage> {
  const sent = {
    ...headers,
    'accept-encoding': 'identity',
    'cache-control': 'no-transform',
    ...(range && { range: `bytes=${range[0]}-${range[1]}` }),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, { agent, headers: sent, signal }, resolve);
    const timer = setTimeout(() => request.destroy(stoodStill(idleMs)), idleMs);
    request.on('response', () => clearTimeout(timer));
    if (connectMs !== undefined)
      request.on('socket', (socket) => {
        if (!socket.connecting) return;
        const limit = setTimeout(() => request.destroy(new Error(`no connection in ${connectMs} ms`)), connectMs);
        socket.once('connect', () => clearTimeout(limit));
        socket.once('close', () => clearTimeout(limit));
      });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end();
  });
}

/** A good response as an answer; throws HttpFailure for every status but 200 and 206. `shown` is the address without secrets. */
export function answerOf(response: http.IncomingMessage, shown: string, idleMs: number): Answer {
  const status = response.statusCode ?? 0;
  if (status !== 200 && status !== 206) {
    response.resume();
    throw statusFailure(status, shown, response.headers['retry-after']);
  }
  return { status, body: timed(response, idleMs), headers: response.headers, discard: () => response.destroy() };
}

/** Turns what a connection threw into an HttpFailure, but for a cancelled request. */
export function failureOf(error: unknown, shown: string, signal: AbortSignal | undefined): unknown {
  return signal?.aborted ? error : connectionFailure(error, shown);
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
