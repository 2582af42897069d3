import { spawn } from 'node:child_process';
import { AtelierError } from '@atelier/domain/errors';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of its standard error. */
  readonly onLine?: (line: string) => void;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const keptLines = 12;
const outputLimit = 1024 * 1024;

/** Runs a program to its end and gives its standard output. Throws `image.sample-failed` with its last words, or `image.sample-tool-missing`. */
export async function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const limit = AbortSignal.any([AbortSignal.timeout(options.timeoutMs), ...(options.signal ? [options.signal] : [])]);
  limit.throwIfAborted();
  const child = spawn(program, args, {
    cwd: options.cwd,
    // a group of its own, so that its children end with it
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...networkSettings(), PATH: systemPath(), LC_ALL: 'C.UTF-8', ...options.env },
  });
  let output = '';
  let rest = '';
  const lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-outputLimit);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split(/\r?\n|\r/);
    rest = (parts.pop() ?? '').slice(-4096);
    for (const line of parts) {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      options.onLine?.(line);
    }
  });
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // it has ended by itself
    }
  };
  limit.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (cause) => {
        reject(
          new AtelierError('image.sample-tool-missing', `"${program}" cannot be run: ${cause.message}`, { cause }),
        );
      });
      child.once('close', resolve);
    });
    if (limit.aborted) throw limit.reason;
    if (code === 0) return output;
    const words = [...lines, rest].filter((line) => line.trim() !== '').slice(-4);
    throw new AtelierError('image.sample-failed', `"${program}" ended with ${code}: ${words.join(' | ')}`);
  } finally {
    limit.removeEventListener('abort', end);
  }
}

/** mke2fs and its like are in the folders that only root has in its path. */
const systemPath = () => `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;

/** The way out that this machine uses, if it is told by the environment. */
function networkSettings(): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'TMPDIR'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
