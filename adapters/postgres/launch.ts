import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Unprivileged } from './unprivileged.ts';

/** Runs the rest only if our process is still its parent: closes the moment between the start and the death signal's registration. */
const onlyAsOurChild = '[ "$PPID" = "$0" ] || exit 1; exec "$@"';

/** A program of PostgreSQL that is running. */
export interface Launched {
  readonly process: ChildProcess;
  /** Resolves, never rejects, when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** The last lines that it wrote to its error output, for messages. */
  readonly lastWords: () => string;
}

export interface LaunchOptions {
  readonly as: Unprivileged;
  /** What the program receives when our process dies, however that happens. */
  readonly deathSignal: 'INT' | 'KILL';
  readonly input?: string;
  readonly onLine?: (line: string) => void;
}

/**
 * Starts a program that cannot outlive this process, apart from the terminal (Ctrl-C reaches us only, and we decide).
 * Call it on the main thread: Linux sends the death signal when the starting *thread* ends.
 */
export function launch(program: string, words: readonly string[], options: LaunchOptions): Launched {
  const guard = ['setpriv', '--pdeathsig', options.deathSignal, 'sh', '-c', onlyAsOurChild, String(process.pid)];
  const [first, ...rest] = [...options.as.prefix, ...guard, program, ...words];
  const child = spawn(first!, rest, {
    detached: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  });
  const tail: string[] = [];
  const note = (line: string) => {
    tail.push(line);
    if (tail.length > 12) tail.shift();
  };
  createInterface({ input: child.stderr! }).on('line', (line) => {
    note(line);
    options.onLine?.(line);
  });
  child.stdin?.on('error', () => {}).end(options.input);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('error', (error) => {
      note(error.message);
      resolve({ code: 127, signal: null });
    });
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  return { process: child, ended, lastWords: () => tail.join(' | ') };
}
