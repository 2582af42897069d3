import { spawn } from 'node:child_process';

/** How a program is run: no shell, nothing of our environment but where programs are, ended after `timeoutMs`. */
export interface ProgramRun {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on its standard input: secrets are given so, since arguments and environments can be seen. */
  readonly input?: string | undefined;
}

const mostOutput = 256 * 1024;

/**
 * Gives what the program printed. Rejects with its own last words when it fails, cannot be run or takes too long. What it started itself ends with it then:
 * a start that was cancelled must not go on behind our back.
 */
export function runProgram(file: string, args: readonly string[], run: ProgramRun): Promise<string> {
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    LANG: 'C',
    LC_ALL: 'C',
    ...run.env,
  };
  return new Promise((resolve, reject) => {
    const refuse = (why: string, cause?: unknown) => reject(new Error(`${file}: ${why}`, { cause }));
    if (run.signal.aborted) {
      refuse('not wanted any more', run.signal.reason);
      return;
    }
    // A group of its own, so that it can be ended with all that it started.
    const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    // One that reads nothing may be gone by now.
    child.stdin.on('error', () => undefined).end(run.input ?? '');
    const printed = { out: [] as Buffer[], bytes: 0, words: '' };
    let ended: { readonly why: string; readonly cause?: unknown } | null = null;
    const end = (why: string, cause?: unknown) => {
      ended ??= { why, cause };
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nobody of the group is left.
      }
    };
    const onAbort = () => end('not wanted any more', run.signal.reason);
    const timer = setTimeout(() => end(`took longer than ${run.timeoutMs} ms`), run.timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', onAbort);
    };
    run.signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      printed.bytes += chunk.length;
      if (printed.bytes > mostOutput) end(`printed more than ${mostOutput} bytes`);
      else printed.out.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      printed.words = `${printed.words}${chunk}`.slice(-4000);
    });
    child.on('error', (error) => {
      settle();
      refuse(error.message, error);
    });
    child.on('close', (code, signal) => {
      settle();
      const words = printed.words.trim().split('\n').slice(-3).join(' | ').slice(0, 500);
      if (ended) refuse(ended.why, ended.cause);
      else if (code !== 0) refuse(words || `ended with ${code ?? signal}`);
      else resolve(Buffer.concat(printed.out).toString('utf8'));
    });
  });
}
