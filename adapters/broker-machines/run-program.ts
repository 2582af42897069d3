import { execFile } from 'node:child_process';

/** How a program is run: no shell, nothing of our environment but where programs are, ended after `timeoutMs`. */
export interface ProgramRun {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

const mostOutput = 256 * 1024;

/** Gives what the program printed. Rejects with its own last words when it fails, cannot be run or takes too long. */
export function runProgram(file: string, args: readonly string[], run: ProgramRun): Promise<string> {
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    LANG: 'C',
    LC_ALL: 'C',
    ...run.env,
  };
  return new Promise((resolve, reject) => {
    const options = {
      env,
      timeout: run.timeoutMs,
      killSignal: 'SIGKILL',
      signal: run.signal,
      maxBuffer: mostOutput,
    } as const;
    const child = execFile(file, [...args], options, (error, stdout, stderr) => {
      if (!error) {
        resolve(stdout);
        return;
      }
      const words = stderr.trim().split('\n').slice(-3).join(' | ').slice(0, 500);
      const why = child.killed && !run.signal.aborted ? `took longer than ${run.timeoutMs} ms` : words || error.message;
      reject(new Error(`${file}: ${why}`, { cause: error }));
    });
    child.stdin?.end();
  });
}
