import { request } from 'node:http';
import type { Transport } from '@atelier/api';

/** Bytes that an answer of the client may have. */
const largest = 4 * 1024 * 1024;
const patience = 10_000;

/** Calls of the client daemon's contract over its UNIX socket. Rejects when it does not answer within 10 seconds, or with more than 4 MiB. */
export const localSocket =
  (socketPath: string): Transport =>
  ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const limit = AbortSignal.timeout(patience);
      const sent = request(
        { socketPath, method, path, headers, agent: false, signal: signal ? AbortSignal.any([signal, limit]) : limit },
        (response) => {
          const parts: Buffer[] = [];
          let length = 0;
          response.on('data', (part: Buffer) => {
            length += part.length;
            parts.push(part);
            if (length > largest) response.destroy(new Error('the workspace client answers with more than 4 MiB'));
          });
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: { get: (name) => String(response.headers[name] ?? '') },
              json: async () => JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown,
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : String(body));
    });
