import { PassThrough, type Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { isWsmanFault, ns, type OutgoingHeaders, type ReadOutput, readOutput } from '@atelier/wsman';
import type { CallOptions, WsmanCall } from '../wsman-call.ts';

/** "No output within OperationTimeout": the host wants to be asked again. */
const noOutputYet = 2150858793;

/** `resize-132x43` (columns, rows) is Atelier's own, for a command with a pseudo-terminal. */
export type SignalName = 'terminate' | 'ctrl_c' | 'ctrl_break' | `resize-${number}x${number}`;

/** How long one Receive waits at the host, in milliseconds. */
const receiveTime = 20_000;

/** A command that runs in a remote shell. Output is fetched as long as it is read: a reader that waits holds the command back. */
export class RemoteCommand {
  readonly id: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when all output was fetched. Rejects with the fault or error that ended the receiving. */
  readonly exitCode: Promise<number>;
  readonly #call: WsmanCall;
  readonly #headers: Partial<OutgoingHeaders>;
  readonly #options: CallOptions;
  readonly #out = new PassThrough();
  readonly #err = new PassThrough();

  constructor(
    call: WsmanCall,
    headers: Partial<OutgoingHeaders>,
    id: string,
    inputChunk: number,
    options: CallOptions,
  ) {
    this.#call = call;
    this.#headers = headers;
    this.#options = options;
    this.id = id;
    this.stdout = this.#out;
    this.stderr = this.#err;
    this.stdin = this.#input(inputChunk);
    this.exitCode = this.#receive();
    // Whoever does not wait for the end learns of an error from the streams.
    this.exitCode.catch(() => {});
  }

  #input(chunk: number): Writable {
    const send = async (data: Uint8Array, end: boolean): Promise<void> => {
      for (let at = 0; at < data.length || (end && at === 0); at += chunk) {
        const piece = data.subarray(at, at + chunk);
        const last = end && at + chunk >= data.length;
        await this.#call.send(
          { kind: 'send', streams: [{ name: 'stdin', commandId: this.id, data: piece, end: last }] },
          this.#headers,
          this.#options,
        );
      }
    };
    const settle = (work: Promise<void>, done: (error?: Error | null) => void) =>
      work.then(
        () => done(),
        (error) => done(error as Error),
      );
    return new Writable({
      highWaterMark: chunk,
      write: (data: Buffer, _encoding, done) => void settle(send(data, false), done),
      writev: (all, done) => void settle(send(Buffer.concat(all.map((one) => one.chunk as Buffer)), false), done),
      final: (done) => void settle(send(Buffer.alloc(0), true), done),
    });
  }

  async #ask(): Promise<ReadOutput | null> {
    const operation = { kind: 'receive', commandId: this.id, streams: ['stdout', 'stderr'], keepAlive: true } as const;
    try {
      return readOutput(await this.#call.send(operation, this.#headers, { ...this.#options, timeout: receiveTime }));
    } catch (error) {
      if (isWsmanFault(error) && error.body.number === noOutputYet) return null;
      throw error;
    }
  }

  async #give(output: ReadOutput): Promise<void> {
    for (const { name, data } of output.streams) {
      const to = name === 'stderr' ? this.#err : this.#out;
      if (data.length === 0 || to.destroyed || to.writableEnded) continue;
      if (!to.write(data)) await drained(to);
    }
  }

  async #receive(): Promise<number> {
    try {
      for (;;) {
        const output = await this.#ask();
        if (!output) continue;
        await this.#give(output);
        if (output.state !== 'Done') continue;
        this.#out.end();
        this.#err.end();
        // The host frees what it kept of the command.
        await this.signal('terminate').catch(() => {});
        return output.exitCode ?? 0;
      }
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#out.destroy(reason);
      this.#err.destroy(reason);
      throw error;
    } finally {
      if (!this.stdin.writableEnded) this.stdin.destroy();
    }
  }

  /** Sends a signal: `ctrl_c` interrupts, `terminate` ends the command and everything it started. */
  async signal(name: SignalName, call: CallOptions = {}): Promise<void> {
    const code = `${ns.shell}/signal/${name}`;
    await this.#call.send({ kind: 'signal', commandId: this.id, code }, this.#headers, { timeout: 20_000, ...call });
  }
}

/** Until a stream takes more, or takes nothing any more. */
async function drained(stream: PassThrough): Promise<void> {
  const stop = new AbortController();
  const closed = finished(stream, { signal: stop.signal, readable: false }).catch(() => {});
  await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), closed]);
  stop.abort();
}
