import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { parseRepositoryPath, TrimError } from '@atelier/trim';
import type { RepositorySource } from './repository-source.ts';

export type HttpSourceOptions = {
  /** headers for every request, such as authorization */
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM text of the certificate authorities that are trusted; the system's when absent */
  readonly ca?: string;
  /** milliseconds without a byte after which a request counts as dead; 30,000 unless told */
  readonly idleTimeoutMs?: number;
};

/** A repository on a web server. It cannot be listed: who copies from it must know the images' names. */
export function httpSource(address: string, options: HttpSourceOptions = {}): RepositorySource {
  const base = new URL(address.endsWith('/') ? address : `${address}/`);
  return {
    address: base.href,
    read: async (path, limit, signal) => {
      const answer = await get(base, path, 0, options, signal);
      if (answer.statusCode === 404) {
        answer.destroy();
        return undefined;
      }
      const parts: Uint8Array[] = [];
      let length = 0;
      for await (const part of body(answer, base, path, signal)) {
        length += part.length;
        if (length > limit) {
          answer.destroy();
          throw new TrimError('trim.limits', `${path} has more than the ${limit} bytes that are allowed`);
        }
        parts.push(part);
      }
      return Buffer.concat(parts);
    },
    stream: async function* (path, offset, signal) {
      const answer = await get(base, path, offset, options, signal);
      if (answer.statusCode === 404) {
        answer.destroy();
        throw new TrimError('trim.not-found', `${path} is not at ${base.href}`);
      }
      let skip = answer.statusCode === 206 ? 0 : offset;
      for await (const part of body(answer, base, path, signal)) {
        if (skip < part.length) yield part.subarray(skip);
        skip = Math.max(0, skip - part.length);
      }
    },
  };
}

async function* body(
  answer: IncomingMessage,
  base: URL,
  path: string,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  try {
    yield* answer as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw failure(new URL(path, base), signal, cause);
  }
}

function failure(url: URL, signal: AbortSignal | undefined, cause: unknown): TrimError {
  const { code = '', message } = cause as { readonly code?: string; readonly message: string };
  const tls = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code);
  const kind = signal?.aborted ? 'trim.aborted' : tls ? 'trim.tls' : 'trim.network';
  return new TrimError(kind, `${url.href}: ${message}`, { cause });
}

async function get(
  base: URL,
  path: string,
  offset: number,
  { headers, ca, idleTimeoutMs = 30_000 }: HttpSourceOptions,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  if (!parseRepositoryPath(path)) throw new TrimError('trim.name', `not a path of a repository: ${path.slice(0, 100)}`);
  const url = new URL(path, base);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const range = offset > 0 ? { range: `bytes=${offset}-` } : {};
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = send(url, { headers: { 'accept-encoding': 'identity', ...headers, ...range }, ca, signal }, resolve);
    asked.setTimeout(idleTimeoutMs, () => asked.destroy(new Error(`nothing came for ${idleTimeoutMs / 1000} s`)));
    asked.on('error', (error) => reject(failure(url, signal, error)));
    asked.end();
  });
  const { statusCode = 0 } = answer;
  const wrongPlace = statusCode === 206 && !answer.headers['content-range']?.startsWith(`bytes ${offset}-`);
  if (wrongPlace || ![200, 206, 404].includes(statusCode)) {
    answer.destroy();
    const code = statusCode === 401 || statusCode === 403 ? 'trim.unauthorized' : 'trim.http';
    throw new TrimError(code, `${url.href} answered ${statusCode}${wrongPlace ? ' with another range' : ''}`);
  }
  return answer;
}
