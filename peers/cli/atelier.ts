import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const launcher = join(import.meta.dirname, '../../bin/atelier.mjs');

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command `atelier` with a state folder and a configuration of its own. */
export interface Atelier {
  readonly state: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a command to its end; `input` goes to its standard input. */
  run(args: readonly string[], input?: string): Promise<Ended>;
  /** Runs a command that must succeed with `-o json` and gives what it printed. */
  json<T>(...args: readonly string[]): Promise<T>;
  /** Starts a command that goes on until it is told to end. */
  start(...args: readonly string[]): Up;
  /** Starts `atelier up`, each time on the same port, which was free before. */
  up(...args: readonly string[]): Up;
  /** Removes the folders. */
  remove(): Promise<void>;
}

/** A running command. */
export interface Up {
  readonly pid: number;
  readonly output: () => string;
  /** Waits until `text` was printed; gives the milliseconds since the start. Throws when the process ends before. */
  printed(text: string | RegExp): Promise<number>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<number | NodeJS.Signals>;
}

function follow(child: ReturnType<typeof spawn>, begun: number): Up {
  let output = '';
  const waiting = new Set<() => void>();
  const add = (chunk: Buffer) => {
    output += chunk;
    for (const look of waiting) look();
  };
  child.stdout!.on('data', add);
  child.stderr!.on('data', add);
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    pid: child.pid!,
    output: () => output,
    ended,
    signal: (name) => void process.kill(child.pid!, name),
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (typeof text === 'string' ? !output.includes(text) : !text.test(output)) return;
          waiting.delete(look);
          resolve(performance.now() - begun);
        };
        waiting.add(look);
        void ended.then((how) => reject(new Error(`it ended (${how}) without saying ${text}:\n${output}`)));
        look();
      }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Makes the folders. Nothing is installed: what is missing would already have been said by the test run. */
export async function makeAtelier(): Promise<Atelier> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-cli-'));
  const state = join(folder, 'state');
  const port = await freePort();
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ATELIER_STATE: state,
    ATELIER_NO_INSTALL: '1',
    ATELIER_BROKER_PORT: '0',
    XDG_CONFIG_HOME: join(folder, 'config'),
    NO_COLOR: '1',
  };
  const run: Atelier['run'] = async (args, input = '') => {
    const child = spawn(process.execPath, [launcher, ...args], { env, stdio: 'pipe', timeout: 120_000 });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.stdin.on('error', () => {}).end(input);
    const [code] = await once(child, 'close');
    return { code: code ?? -1, out, err };
  };
  const start: Atelier['start'] = (...args) => {
    const begun = performance.now();
    return follow(spawn(process.execPath, [launcher, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }), begun);
  };
  return {
    state,
    env,
    run,
    json: async (...args) => {
      const ended = await run([...args, '-o', 'json']);
      if (ended.code !== 0) throw new Error(`atelier ${args.join(' ')} ended with ${ended.code}:\n${ended.err}`);
      return JSON.parse(ended.out);
    },
    start,
    up: (...args) => start('up', '--no-sample', '--port', String(port), ...args),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What `up` prints at its end, on stdout and on stderr: then it is ready. */
export const ready = /(?=[\s\S]*Ctrl-C stops it)(?=[\s\S]*╰─)/;
