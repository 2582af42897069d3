import { Agent, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';

/** An answer with everything that a logon looks at. */
export interface Answer {
  readonly status: number;
  readonly authenticate: readonly string[];
  readonly type: string;
  readonly body: Buffer;
}

/** One connection: all requests go over the same socket. With TLS any certificate is believed. */
export function oneConnection(url: string) {
  const secure = url.startsWith('https:');
  const how = { keepAlive: true, maxSockets: 1 };
  const pool = secure ? new TlsAgent({ ...how, rejectUnauthorized: false }) : new Agent(how);
  const send = (body: Uint8Array, headers: Record<string, string>) =>
    new Promise<Answer>((resolve, reject) => {
      const all = { ...headers, 'Content-Length': body.length };
      const sent = (secure ? tlsRequest : request)(url, { method: 'POST', agent: pool, headers: all }, async (got) => {
        const chunks: Buffer[] = [];
        for await (const chunk of got) chunks.push(chunk as Buffer);
        const names = got.rawHeaders;
        const authenticate = names.filter(
          (_, at) => at % 2 === 1 && names[at - 1]!.toLowerCase() === 'www-authenticate',
        );
        const type = got.headers['content-type'] ?? '';
        resolve({ status: got.statusCode!, authenticate, type, body: Buffer.concat(chunks) });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return { send, close: () => pool.destroy() };
}
