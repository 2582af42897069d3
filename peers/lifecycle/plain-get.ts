import { get as httpsGet } from 'node:https';
import { WebSocket } from 'ws';

/** One GET without anything of ours in between. */
export function get(
  url: string,
  options: {
    readonly ca: string;
    readonly cert?: string;
    readonly key?: string;
    readonly headers?: Record<string, string>;
  },
): Promise<{ readonly status: number; readonly body: Buffer }> {
  // The path goes as it is written: a URL object would take `..` out before the server sees it.
  const { hostname, port } = new URL(url);
  const path = url.slice(url.indexOf('/', 'https://'.length));
  return new Promise((resolve, reject) => {
    const sent = httpsGet({ hostname, port, path, agent: false, timeout: 20_000, ...options }, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part);
      resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts) });
    });
    sent.on('error', reject).on('timeout', () => sent.destroy(new Error(`${url} took too long`)));
  });
}

/** The first bytes that a socket of ours gives, then it is closed. */
export function firstBytes(
  server: { readonly url: string; readonly ca: string },
  secret: string,
  path: string,
  count: number,
): Promise<Buffer> {
  const socket = browserSocket(server, secret, path);
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`closed with ${code} after ${seen.length} bytes`)));
    socket.on('message', (data: Buffer) => {
      seen = Buffer.concat([seen, data]);
      if (seen.length < count) return;
      socket.close();
      resolve(seen.subarray(0, count));
    });
  });
}

/** A socket as a browser on the server's own pages opens it. */
export const browserSocket = (
  server: { readonly url: string; readonly ca: string },
  secret: string,
  path: string,
): WebSocket =>
  new WebSocket(new URL(path, server.url.replace('https', 'wss')), 'binary', {
    ca: server.ca,
    origin: new URL(server.url).origin,
    headers: { authorization: `Bearer ${secret}` },
  });
