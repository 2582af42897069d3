import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Target } from '../connection-options.ts';
import { winrmError } from '../errors.ts';

/** An answer as HTTP brought it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A body and what it is. */
export interface HttpContent {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Thrown when a connection ended before the first byte of an answer. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** One POST over the agent's only socket. `limit` bounds the answer in bytes. */
export function exchange(
  agent: Agent,
  target: Target,
  content: HttpContent,
  headers: Readonly<Record<string, string>>,
  limit: number,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const host = target.host.includes(':') ? `[${target.host}]` : target.host;
    const sent = request({
      agent,
      method: 'POST',
      path: target.path,
      headers: {
        Host: `${host}:${target.port}`,
        'User-Agent': 'Atelier WinRM Client',
        'Content-Type': content.contentType,
        'Content-Length': content.body.length,
        ...headers,
      },
      signal,
    });
    let answered = false;
    sent.once('error', (error) => {
      if (signal.aborted) reject(signal.reason);
      else if (answered) reject(winrmError('winrm.answer', 'the connection ended within the answer', error));
      else reject(new ConnectionLost(`the connection to ${target.host}:${target.port} was lost`, { cause: error }));
    });
    sent.once('response', (response) => {
      answered = true;
      const pieces: Buffer[] = [];
      let size = 0;
      response.on('data', (piece: Buffer) => {
        size += piece.length;
        if (size > limit) sent.destroy(winrmError('winrm.answer', `the answer is larger than ${limit} bytes`));
        else pieces.push(piece);
      });
      response.once('error', (cause) =>
        reject(signal.aborted ? signal.reason : winrmError('winrm.answer', 'the answer was cut off', cause)),
      );
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    sent.end(content.body);
  });
}
