import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** A clone of this repository as a stranger gets it, and what a stranger's shell would know: nothing of ours. */
export interface FreshClone {
  readonly port: number;
  readonly state: string;
  readonly scratch: string;
  /** `npm start` in the clone; `printed` waits for text on its output; `stop` is Ctrl-C, and gives the last words. */
  start(): { printed(text: RegExp, seconds: number): Promise<RegExpExecArray>; stop(): Promise<string> };
  /** Runs `atelier …` of the clone to its end; throws with what it printed when it fails. */
  atelier(args: readonly string[], input?: string): Promise<string>;
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function freshClone(): Promise<FreshClone> {
  const scratch = await mkdtemp(join(tmpdir(), 'atelier-clone-'));
  const folder = join(scratch, 'atelier');
  const state = join(scratch, 'state');
  const port = await freePort();
  await run('git', ['clone', '--quiet', '--no-hardlinks', repository, folder]);
  // the test runner put its own node and programs first: a stranger has the system's
  const path = (process.env.PATH ?? '').split(':').filter((part) => !part.includes('node_modules'));
  const env: NodeJS.ProcessEnv = {
    PATH: path.join(':'),
    HOME: process.env.HOME,
    ATELIER_STATE: state,
    ATELIER_PORT: String(port),
    ATELIER_BROKER_PORT: '0',
    XDG_CONFIG_HOME: join(scratch, 'config'),
    NO_COLOR: '1',
  };
  return {
    port,
    state,
    scratch,
    start() {
      const child = spawn('npm', ['start'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
      const ended = once(child, 'close');
      let gone = false;
      void ended.then(() => (gone = true));
      return {
        async printed(text, seconds) {
          const end = performance.now() + seconds * 1000;
          for (;;) {
            const found = text.exec(output);
            if (found) return found;
            if (gone || performance.now() > end)
              throw new Error(`npm start did not say ${text}:\n${output.slice(-6000)}`);
            await sleep(100);
          }
        },
        async stop() {
          if (!gone) process.kill(-child.pid!, 'SIGINT');
          await ended;
          return output.slice(-2000);
        },
      };
    },
    async atelier(args, input = '') {
      const child = execFile('node', ['bin/atelier.mjs', ...args], { cwd: folder, env, timeout: 600_000 });
      child.stdin!.on('error', () => {}).end(input);
      let [out, err] = ['', ''];
      child.stdout!.on('data', (data) => (out += data));
      child.stderr!.on('data', (data) => (err += data));
      const [code] = (await once(child, 'close')) as [number];
      if (code !== 0) throw new Error(`atelier ${args.join(' ')} ended with ${code}:\n${out}\n${err}`);
      return out;
    },
    remove: async () => {
      // a workspace outlives the client: one that a failed test left running is ended here
      await run('pkill', ['-KILL', '-f', scratch]).catch(() => undefined);
      // for looking into a failure: ATELIER_TEST_KEEP=1
      if (!process.env.ATELIER_TEST_KEEP) await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
