import { Agent, request } from 'node:https';
import { Readable } from 'node:stream';
import type { Transport } from '@atelier/api';

/** How a test calls a server: as a person by their secret, or as an endpoint by its certificate. */
export interface CallAs {
  readonly ca: string;
  readonly secret?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** A transport over node:https, for `createClient`; streams go as they are. */
export function httpsTransport(url: string, as: CallAs): Transport {
  const agent = new Agent({ ca: as.ca, keepAlive: false, ...as.certificate });
  const credentials: Record<string, string> = as.secret === undefined ? {} : { authorization: `Bearer ${as.secret}` };
  return ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const stream = body instanceof Readable ? body : undefined;
      const content =
        stream || body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(String(body));
      const length = content ? { 'content-length': content.length } : {};
      const sent = request(
        new URL(path, url),
        { method, agent, signal, timeout: 60_000, headers: { ...headers, ...credentials, ...length } },
        async (answer) => {
          const parts: Buffer[] = [];
          for await (const part of answer) parts.push(part);
          resolve({
            status: answer.statusCode ?? 0,
            headers: { get: (name) => String(answer.headers[name.toLowerCase()] ?? '') || null },
            json: async () => JSON.parse(Buffer.concat(parts).toString()),
          });
        },
      );
      sent.on('error', reject).on('timeout', () => sent.destroy(new Error(`${method} ${path} took too long`)));
      if (stream) stream.on('error', (error) => sent.destroy(error)).pipe(sent);
      else sent.end(content);
    });
}
