import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that answers each line with a line. */
export interface LinePeer {
  ask(line: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts it; an answer takes 20 s at most. */
export function startLinePeer(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): LinePeer {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const late = AbortSignal.timeout(20_000);
      const stop = () => child.kill('SIGKILL');
      late.addEventListener('abort', stop);
      const { value, done } = await lines.next();
      late.removeEventListener('abort', stop);
      if (done) throw new Error(`${command} ended without an answer: ${words}`);
      return value as string;
    },
    async close() {
      child.stdin.end();
      child.kill('SIGTERM');
      await ended;
    },
  };
}
