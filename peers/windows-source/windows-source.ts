import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What the program says; see `source.py`. */
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
export type Said = any;

/** A machine that forwards events as Windows does, in a process of its own. */
export interface WindowsSource {
  ask(what: string, more?: object): Promise<Said>;
  stop(): Promise<void>;
}

/** Starts it with paths of PEM files. Without a certificate it shows none. */
export async function windowsSource(files: {
  readonly ca: string;
  readonly certificate: string | null;
  readonly key: string | null;
}): Promise<WindowsSource> {
  const child = spawn('python3', [join(import.meta.dirname, 'source.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (what: string, more: object = {}): Promise<Said> => {
    child.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('the program in Python ended');
    return JSON.parse(value);
  };
  await ask('begin', files);
  return {
    ask,
    async stop() {
      const gone = once(child, 'exit');
      child.stdin.end();
      if (child.exitCode === null) await gone;
    },
  };
}
