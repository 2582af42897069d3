import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Running {
  readonly url: string;
  readonly ca: string;
  readonly setupLink: string | null;
  /** Ends it as a power cut would, as far as a process can know. */
  kill(): Promise<void>;
}

/** A port that is free now; the server keeps it over its deaths. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a server over a state folder and a database that outlive it. */
export async function killableServer(
  stateDir: string,
  databaseUrl: string,
  port: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'server-process.ts')], {
    env: {
      ...process.env,
      ...more,
      ATELIER_STATE: stateDir,
      ATELIER_DATABASE_URL: databaseUrl,
      ATELIER_PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout! });
  const first = await Promise.race([once(lines, 'line'), ended.then(() => undefined)]);
  if (!first) throw new Error(`the server ended with ${child.exitCode}`);
  const { url, ca, setupLink } = JSON.parse(String(first[0]));
  return {
    url,
    ca,
    setupLink,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
