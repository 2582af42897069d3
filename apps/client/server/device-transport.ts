import { Agent, request as httpsRequest } from 'node:https';
import type { Transport } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';

/** What a connection to the server needs: the pinned authority, and who we are once that is known. PEM texts. */
export interface Credentials {
  readonly server: string;
  readonly ca: string;
  readonly certificate?: string;
  readonly privateKey?: string;
}

/** Options for TLS that trust the pinned authority and nothing else. */
export const tlsOptions = (credentials: Credentials) => ({
  ca: [credentials.ca],
  cert: credentials.certificate,
  key: credentials.privateKey,
  minVersion: 'TLSv1.2' as const,
});

/** The largest answer that is read, in bytes: a grant of a thousand workspaces is far below. */
const largestAnswer = 16 * 1024 * 1024;

/**
 * Calls the server over HTTPS. Throws `client.server-unreachable` when no answer comes within `timeoutMs`.
 * `close` ends idle connections; needed before the key is replaced.
 */
export function deviceTransport(
  credentials: Credentials,
  timeoutMs = 30_000,
): { readonly transport: Transport; close(): void } {
  const agent = new Agent({ ...tlsOptions(credentials), keepAlive: true, maxSockets: 4 });
  const base = new URL(credentials.server);
  const transport: Transport = async ({ method, path, headers, body, signal }) => {
    const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
    const content = body === undefined ? undefined : Buffer.from(String(body));
    try {
      return await new Promise((resolve, reject) => {
        const sent = httpsRequest(
          new URL(path, base),
          {
            method,
            agent,
            signal: limit,
            headers: content ? { ...headers, 'content-length': content.length } : headers,
          },
          (answer) => {
            const parts: Buffer[] = [];
            let length = 0;
            answer.on('data', (part: Buffer) => {
              length += part.length;
              if (length > largestAnswer) answer.destroy(new Error('the answer is too large'));
              else parts.push(part);
            });
            answer.once('error', reject);
            answer.once('end', () =>
              resolve({
                status: answer.statusCode ?? 0,
                headers: { get: (name) => headerText(answer.headers[name.toLowerCase()]) },
                json: async () => JSON.parse(Buffer.concat(parts).toString('utf8')),
              }),
            );
          },
        );
        sent.once('error', reject);
        sent.end(content);
      });
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new AtelierError('client.server-unreachable', `${base.host} does not answer: ${words}`, { cause });
    }
  };
  return { transport, close: () => agent.destroy() };
}

const headerText = (value: string | string[] | undefined): string | null =>
  value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
