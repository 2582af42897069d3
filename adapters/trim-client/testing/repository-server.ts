import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** One request that a test server got. `range` is first and last byte, when one was asked for. */
export type SeenRequest = {
  readonly path: string;
  readonly range?: readonly [number, number];
  readonly headers: IncomingMessage['headers'];
};

/** Takes over an answer when it returns true: this is how tests make a server misbehave. */
export type Fault = (request: SeenRequest, response: ServerResponse) => boolean | Promise<boolean>;

export type RepositoryServer = {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** bytes of bodies that were sent so far, by this server's own count */
  sentBytes: number;
  fault: Fault | undefined;
  readonly close: () => Promise<void>;
};

/** Serves a folder as plain files with ranges, on a free port of this machine. For tests. */
export async function serveRepository(folder: string): Promise<RepositoryServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (message, response) => {
    const path = decodeURIComponent((message.url ?? '/').slice(1));
    const asked = /^bytes=(\d+)-(\d*)$/.exec(message.headers.range ?? '');
    const request: SeenRequest = {
      path,
      range: asked ? [Number(asked[1]), asked[2] ? Number(asked[2]) : Number.MAX_SAFE_INTEGER] : undefined,
      headers: message.headers,
    };
    seen.push(request);
    try {
      if (await self.fault?.(request, response)) return;
      await sendFile(join(folder, path), request.range, response, (bytes) => {
        self.sentBytes += bytes;
      });
    } catch {
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: RepositoryServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    sentBytes: 0,
    fault: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;
}

/** Answers with a file or a range of it; 404 when there is none. `onBytes` is told of each piece before it is sent. */
export async function sendFile(
  path: string,
  range: readonly [number, number] | undefined,
  response: ServerResponse,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const file = await open(path).catch(() => undefined);
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  try {
    const { size } = await file.stat();
    const [first, last] = range ? [range[0], Math.min(range[1], size - 1)] : [0, size - 1];
    response.writeHead(range ? 206 : 200, {
      'content-length': last - first + 1,
      ...(range && { 'content-range': `bytes ${first}-${last}/${size}` }),
    });
    // a client that hangs up is no matter here; what matters is that the file is closed
    const body = file.createReadStream({ start: first, end: last, autoClose: false });
    await pipeline(
      body,
      async function* (pieces: AsyncIterable<Buffer>) {
        for await (const piece of pieces) {
          onBytes?.(piece.length);
          yield piece;
        }
      },
      response,
    ).catch(() => undefined);
  } finally {
    await file.close();
  }
}
