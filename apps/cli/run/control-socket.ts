import { createHash } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a running server does for the commands on its own machine, besides its API. */
export interface Control {
  readonly 'setup-link': () => Promise<unknown>;
  readonly 'enrollment-token': () => Promise<unknown>;
  readonly backup: (body: { target: string }) => Promise<unknown>;
}

const longest = 100;

/** The socket of the server that uses this state folder. Short enough for UNIX, whatever the folder's depth. */
export function controlSocketPath(stateFolder: string): string {
  const path = join(stateFolder, 'control', 'server.sock');
  if (Buffer.byteLength(path) <= longest) return path;
  const digest = createHash('sha256').update(stateFolder).digest('hex').slice(0, 16);
  return join(tmpdir(), `atelier-control-${process.getuid?.() ?? 0}-${digest}`, 'server.sock');
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > 10_000) throw new Error('the request is too large');
  }
  return text === '' ? {} : JSON.parse(text);
}

/** Listens for the commands of this machine's administrator: a socket in a folder that only the server's own user may enter. */
export async function listenForControl(stateFolder: string, control: Control): Promise<{ stop(): Promise<void> }> {
  const path = controlSocketPath(stateFolder);
  const folder = join(path, '..');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  // Left over from a process that was killed: the server's own lock says that there is no other.
  await rm(path, { force: true });
  const server = createServer((request, response) => {
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const act = control[(request.url ?? '').slice(1) as keyof Control];
    if (request.method !== 'POST' || !Object.hasOwn(control, (request.url ?? '').slice(1)))
      return answer(404, { error: 'no such act' });
    bodyOf(request)
      .then((body) => act(body as { target: string }))
      .then((value) => answer(200, value))
      .catch((error: Error) => answer(500, { error: error.message }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
