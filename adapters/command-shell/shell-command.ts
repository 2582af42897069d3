import { finished } from 'node:stream/promises';
import type { ShellCommand, ShellOutput } from '@atelier/plugin-kit';
import type { CodePage } from './code-page.ts';
import { OutputStream } from './output-stream.ts';
import type { Supervised } from './supervise.ts';

const nothing = new Uint8Array(0);

/** A running program as a command of a shell. */
export class RunningCommand implements ShellCommand {
  readonly #program: Supervised;
  readonly #streams: readonly OutputStream[];
  readonly #codePage: CodePage;
  readonly #isTerminal: boolean;
  #exitCode: number | null = null;
  #wake: () => void = () => {};

  constructor(program: Supervised, codePage: CodePage, isTerminal: boolean, wanted: readonly string[]) {
    this.#program = program;
    this.#codePage = codePage;
    this.#isTerminal = isTerminal;
    const changed = () => this.#wake();
    this.#streams = [
      new OutputStream('stdout', program.stdout, codePage.output(), changed),
      new OutputStream('stderr', program.stderr, codePage.output(), changed),
    ];
    for (const one of this.#streams) if (!wanted.includes(one.name)) one.discard();
    void program.exited.then((code) => {
      this.#exitCode = code;
      changed();
    });
  }

  get processId(): number {
    return this.#program.pid;
  }

  async read(streams: readonly string[], maxBytes: number, signal: AbortSignal) {
    const wanted = this.#streams.filter((one) => streams.includes(one.name));
    for (;;) {
      const outputs: ShellOutput[] = [];
      let room = maxBytes;
      for (const one of wanted) {
        const data = room > 0 ? one.take(room) : null;
        if (!data) continue;
        room -= data.length;
        outputs.push({ stream: one.name, data, end: false });
      }
      const done = this.#exitCode !== null && wanted.every((one) => one.ended);
      if (done) for (const one of wanted) outputs.push({ stream: one.name, data: one.rest(), end: true });
      if (done || outputs.length > 0) return { outputs, exitCode: done ? this.#exitCode : null };
      if (signal.aborted) return { outputs, exitCode: null };
      await this.#change(signal);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      const wake = () => {
        signal.removeEventListener('abort', wake);
        before();
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  async write(stream: string, data: Uint8Array, end: boolean, signal: AbortSignal): Promise<void> {
    if (stream !== 'stdin') throw new Error(`a command has no stream "${stream}" to write to`);
    const { stdin } = this.#program;
    if (!stdin.writable) return;
    const bytes = data.length > 0 ? this.#codePage.input(data) : nothing;
    if (bytes.length > 0 && !stdin.write(bytes)) await drained(stdin, signal);
    if (end) stdin.end();
  }

  async signal(code: string): Promise<void> {
    const size = /^resize-(\d{1,4})x(\d{1,4})$/.exec(code);
    if (code === 'terminate') await this.close();
    else if (size) this.#program.resize(Number(size[1]), Number(size[2]));
    else if (code === 'ctrl_c' && this.#isTerminal) this.#program.stdin.write('\x03');
    else if (code === 'ctrl_c') this.#program.signal('SIGINT');
    else if (code === 'ctrl_break') this.#program.signal('SIGQUIT');
  }

  async close(): Promise<void> {
    await this.#program.kill();
  }
}

/** The bytes are taken as soon as they are written: waiting only holds the client back, so a time-out here loses nothing. */
async function drained(stdin: Supervised['stdin'], signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stdin.once('drain', resolve);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([promise, finished(stdin, { readable: false, signal }).catch(() => {})]);
  stdin.removeListener('drain', resolve);
}
