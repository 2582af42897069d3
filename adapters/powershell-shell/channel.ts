import type { ShellCommand, ShellOutput } from '@atelier/plugin-kit';
import { fault } from '@atelier/wsman';
import { pipelineEnd, wholeFragments } from './fragment.ts';
import { dataPacket, plainPacket, sessionId } from './packet.ts';
import type { PacketTaker, ServerProcess } from './server-process.ts';
import { within } from './within.ts';

/** The streams of a pipeline, or of the session itself. */
export class Channel implements ShellCommand, PacketTaker {
  readonly #server: ServerProcess;
  readonly #id: string;
  readonly #stopMs: number;
  readonly #isEnd: (bytes: Buffer) => boolean;
  readonly #queue: Buffer[] = [];
  /** The last write, until it is acknowledged. */
  #writing: Promise<void> = Promise.resolve();
  #done = false;
  #closed = false;
  #lost: string | null = null;
  #wake: () => void = () => {};

  /** `stopMs`: how long PowerShell may take to stop or to close this before it is killed. */
  constructor(server: ServerProcess, id: string, stopMs: number) {
    this.#server = server;
    this.#stopMs = stopMs;
    this.#id = id;
    this.#isEnd = id === sessionId ? () => false : pipelineEnd();
    server.join(id, this);
  }

  take(data: Buffer): void {
    if (data.length === 0) return;
    this.#queue.push(data);
    this.#server.queued(data.length);
    if (this.#isEnd(data)) this.#done = true;
    this.#wake();
  }

  lost(reason: string): void {
    this.#lost = reason;
    this.#wake();
  }

  async read(_streams: readonly string[], maxBytes: number, signal: AbortSignal) {
    for (;;) {
      const outputs = this.#fitting(maxBytes);
      const over = this.#done && this.#queue.length === 0;
      if (over || outputs.length > 0) return { outputs, exitCode: over ? 0 : null };
      if (this.#lost !== null) throw fault('commandTerminated', { reason: this.#lost });
      if (signal.aborted) return { outputs, exitCode: null };
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
    }
  }

  #fitting(maxBytes: number): ShellOutput[] {
    const pieces: Buffer[] = [];
    let room = maxBytes;
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      const length = wholeFragments(first, room);
      if (length === 0 && pieces.length === 0) throw fault('maxEnvelopeSizeExceeded');
      if (length === 0) break;
      pieces.push(first.subarray(0, length));
      if (length === first.length) this.#queue.shift();
      else this.#queue[0] = first.subarray(length);
      this.#server.queued(-length);
      room -= length;
    }
    // One stream: each would cost an element, which for small fragments is more than what is in it.
    return pieces.length === 0 ? [] : [{ stream: 'stdout', data: Buffer.concat(pieces), end: false }];
  }

  /** PowerShell gets the next piece when it acknowledged the one before; a time-out while it does loses nothing. */
  async write(stream: string, data: Uint8Array, _end: boolean, signal: AbortSignal): Promise<void> {
    if (data.length === 0) return;
    for (let before: Promise<void> | null = null; before !== this.#writing; ) {
      before = this.#writing;
      if (!(await within(before, signal))) throw fault('operationTimedOut');
    }
    const line = dataPacket(this.#id, data, stream === 'pr' ? 'PromptResponse' : 'Default');
    this.#writing = this.#server.request(line, 'DataAck', this.#id);
    this.#writing.catch(() => {});
    await within(this.#writing, signal);
  }

  async signal(code: string): Promise<void> {
    if (code === 'terminate') return;
    if (code !== 'ctrl_c') throw fault('invalidParameter', { reason: `PowerShell knows no signal "${code}"` });
    if (!this.#done) await this.#ask('Signal');
    this.#done = true;
    this.#wake();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // What nobody will read must not keep back the answer.
    this.#done = true;
    for (const one of this.#queue.splice(0)) this.#server.queued(-one.length);
    this.#server.leave(this.#id);
    this.#wake();
    await this.#ask('Close').catch(() => {});
  }

  /** A pipeline that does not stop would run on although its client believes that it ended: then PowerShell is killed. */
  async #ask(kind: 'Signal' | 'Close'): Promise<void> {
    const asked = this.#server.request(plainPacket(kind, this.#id), `${kind}Ack`, this.#id);
    if (!(await within(asked, AbortSignal.timeout(this.#stopMs))))
      this.#server.lose(`PowerShell did not stop a pipeline within ${this.#stopMs / 1000} s and was ended`);
  }
}
