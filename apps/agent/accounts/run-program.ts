import { spawn } from 'node:child_process';

const most = 64 * 1024;

/** Runs a small program to its end: gives its exit code and what it said. `input` goes to its standard input and nowhere else. */
export function runProgram(
  argv: readonly [string, ...string[]],
  options: { readonly input?: string; readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.any([
      AbortSignal.timeout(options.timeoutMs ?? 30_000),
      ...(options.signal ? [options.signal] : []),
    ]);
    const child = spawn(argv[0], argv.slice(1), {
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['pipe', 'pipe', 'ignore'],
      signal,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.length < most) output += chunk.toString();
    });
    child.stdin.on('error', () => {});
    child.on('error', (cause) => reject(new Error(`cannot run ${argv[0]}`, { cause })));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
    child.stdin.end(options.input ?? '');
  });
}
