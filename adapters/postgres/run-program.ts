import { spawn } from 'node:child_process';

export interface RunProgram {
  readonly program: string;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** File descriptors for input and output; default: none. */
  readonly input?: number;
  readonly output?: number;
}

/** Runs a program to its end; throws an error with the end of what it said when it fails. No secret belongs in `words`. */
export async function runProgram(run: RunProgram): Promise<void> {
  const child = spawn(run.program, run.words, {
    stdio: [run.input ?? 'ignore', run.output ?? 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', ...run.env },
    signal: run.signal,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.on('error', reject);
  child.on('close', (code, signal) => {
    if (code === 0) resolve();
    else
      reject(
        new Error(`${run.program.split('/').at(-1)} ended with ${signal ?? code}: ${said.trim() || 'it said nothing'}`),
      );
  });
  await promise;
}
