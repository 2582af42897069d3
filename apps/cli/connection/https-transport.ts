import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Transport } from '@atelier/api';
import { CliFailure } from '../failure/cli-failure.ts';

/** Where and as whom to speak. */
export interface Origin {
  /** `https://host:port`, or a UNIX socket. */
  readonly address: { readonly url: URL } | { readonly socketPath: string };
  /** PEM of the only authority to trust; undefined: the system's. */
  readonly ca?: string;
  readonly secret?: string;
  /** Milliseconds without a byte after which the other side counts as gone. */
  readonly idleMs?: number;
}

/** One open answer, its body still to be read. */
export type OpenAnswer = (request: Parameters<Transport>[0]) => Promise<IncomingMessage>;

const answerLimit = 64 * 1024 * 1024;

async function readJson(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += (chunk as Buffer).length;
    if (size > answerLimit) throw new Error('the answer is larger than 64 MiB');
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

const tlsCodes = /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS|EPROTO|ERR_SSL)/;

/** Says why a server could not be reached, and what to do. */
function unreachable(error: NodeJS.ErrnoException, where: string, local: boolean): Error {
  if (error.name === 'AbortError') return error;
  const code = error.code ?? '';
  if (local)
    return new CliFailure(
      {
        title: 'the client is not running',
        detail: `nobody answers at ${where} (${code})`,
        cause: 'the client daemon of this computer is stopped',
        fix: 'start it: "atelier up", or "atelier client run"',
      },
      1,
      { cause: error },
    );
  if (tlsCodes.test(code))
    return new CliFailure(
      {
        title: 'the server’s certificate is not trusted',
        detail: `${where}: ${error.message}`,
        cause: 'it was signed by another authority than the one that this context trusts, or for other names',
        fix: `ask its administrator for the authority's fingerprint, then: atelier login ${where} --ca FINGERPRINT`,
      },
      1,
      { cause: error },
    );
  return new CliFailure(
    {
      title: 'the server cannot be reached',
      detail: `${where}: ${error.message || code}`,
      cause: 'it is not running, or something between here and there stops the connection',
      fix: 'check the address (atelier context ls), and on the server: atelier doctor',
    },
    1,
    { cause: error },
  );
}

/** Opens requests to one origin over kept connections. `close` lets go of them. */
export function openHttp(origin: Origin): { readonly open: OpenAnswer; close(): void } {
  const local = 'socketPath' in origin.address;
  const plain = local || ('url' in origin.address && origin.address.url.protocol === 'http:');
  const agent = plain ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true, ca: origin.ca });
  const where = 'url' in origin.address ? origin.address.url.origin : origin.address.socketPath;
  const open: OpenAnswer = (call) =>
    new Promise((resolve, reject) => {
      const headers: OutgoingHttpHeaders = { ...call.headers };
      if (origin.secret) headers.authorization = `Bearer ${origin.secret}`;
      if (typeof call.body === 'string') headers['content-length'] = Buffer.byteLength(call.body);
      const target =
        'url' in origin.address
          ? { host: origin.address.url.hostname.replace(/^\[|\]$/g, ''), port: origin.address.url.port || undefined }
          : { socketPath: origin.address.socketPath, host: 'localhost' };
      const request = (plain ? httpRequest : httpsRequest)({
        ...target,
        agent,
        method: call.method,
        path: call.path,
        headers,
        signal: call.signal,
      });
      const idleMs = origin.idleMs ?? 60_000;
      request.setTimeout(idleMs, () => request.destroy(new Error(`no answer for ${idleMs / 1000} s`)));
      let answered = false;
      request.on('response', (message) => {
        answered = true;
        resolve(message);
      });
      request.on('error', (error) => reject(unreachable(error, where, local)));
      if (call.body instanceof Readable)
        pipeline(call.body, request).catch((error) => {
          // A server that refuses early answers before it has read everything: that answer is the better reason.
          if (!answered) reject(unreachable(error, where, local));
        });
      else request.end(typeof call.body === 'string' ? call.body : undefined);
    });
  return { open, close: () => agent.destroy() };
}

/** The contract's transport over `open`. */
export const jsonTransport =
  (open: OpenAnswer): Transport =>
  async (call) => {
    const message = await open(call);
    if (message.statusCode === 204) message.resume();
    return {
      status: message.statusCode ?? 0,
      headers: { get: (name) => message.headers[name.toLowerCase()]?.toString() ?? null },
      json: () => readJson(message),
    };
  };
