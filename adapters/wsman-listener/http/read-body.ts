import type { IncomingMessage } from 'node:http';

const none = Buffer.alloc(0);

/** The body of a request; null when it is longer than `limit` bytes. Rejects when the connection ends before the body does. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    let first: Buffer | null = null;
    let more: Buffer[] | null = null;
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        first = null;
        more = null;
        resolve(null);
      } else if (!first) first = chunk;
      else {
        more ??= [first];
        more.push(chunk);
      }
    });
    request.on('end', () => resolve(more ? Buffer.concat(more, length) : (first ?? none)));
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete) reject(new Error('the connection ended in the middle of a request'));
    });
  });
}

/** Reads a body to its end and throws it away. */
export function skipBody(request: IncomingMessage): void {
  request.on('error', () => {});
  request.resume();
}
