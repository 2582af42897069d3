import { connect, type Socket } from 'node:net';
import { AtelierError } from '@atelier/domain/errors';
import { createJsonLineReader, type JsonLineReader } from './json-lines.ts';
import { inTime } from './qmp-client.ts';
import type { WaitOptions } from './vm.ts';

/** The agent gives at most 16 MiB of output of a program, which base64 makes longer. */
const lineLimitBytes = 48 * 1024 * 1024;
const waitingLimit = 32;
const syncTimeoutMs = 5000;

/** The line to the agent: one command at a time, resynchronised after every break. */
export interface GuestAgentLink {
  /** Sends one command and gives its `return`. Throws `vm.agent-failed`, `vm.agent-protocol`, `vm.timeout`, `vm.not-running`. */
  call(command: string, args?: Readonly<Record<string, unknown>>, options?: WaitOptions): Promise<unknown>;
  /** Sends a command that is answered only when it fails (guest-shutdown, guest-suspend-…). Waits `graceMs` for that. */
  send(command: string, args: Readonly<Record<string, unknown>>, graceMs: number): Promise<void>;
  close(): void;
}

interface Line {
  readonly socket: Socket;
  /** Gives the next answer, or throws when the line breaks. */
  next(): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Opens the line to the guest agent behind the UNIX socket at `path`; connects at the first command.
 * Specification: QEMU docs/interop/qemu-ga-ref (guest-sync-delimited: the byte 0xFF parts old answers from new ones).
 */
export function connectGuestAgent(path: string): GuestAgentLink {
  let line: Line | undefined;
  let syncId = Math.floor(Math.random() * 2 ** 31);
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let closed = false;

  const drop = () => {
    line?.socket.destroy();
    line = undefined;
  };
  /** A line on which nothing of an earlier conversation can arrive any more. */
  const synchronised = async (options: WaitOptions): Promise<Line> => {
    if (closed) throw new AtelierError('vm.not-running', 'the line to the guest agent is closed');
    if (line && !line.socket.destroyed) return line;
    const id = ++syncId;
    line = await openLine(path);
    line.socket.write(Buffer.concat([Buffer.of(0xff), encode('guest-sync-delimited', { id })]));
    const timeoutMs = Math.min(options.timeoutMs ?? syncTimeoutMs, syncTimeoutMs);
    while ((await inTime(line.next(), 'the guest agent', { ...options, timeoutMs })).return !== id);
    return line;
  };
  /** One after the other, each leaving a clean line or none. */
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= waitingLimit)
      throw new AtelierError('vm.timeout', `${waitingLimit} commands wait for the guest agent`);
    waiting++;
    const mine = tail.then(work);
    tail = mine.catch(() => undefined);
    return mine.finally(() => waiting--);
  };
  const exchange = async (command: string, args: object | undefined, options: WaitOptions): Promise<unknown> => {
    try {
      const { socket, next } = await synchronised(options);
      socket.write(encode(command, args));
      const answer = await inTime(next(), `"${command}"`, options);
      if ('return' in answer) return answer.return;
      throw refused(command, answer.error);
    } catch (error) {
      if (!(error instanceof AtelierError && error.code === 'vm.agent-failed')) drop();
      throw error;
    }
  };

  return {
    call: (command, args, options = {}) => inTurn(() => exchange(command, args, options)),
    send: (command, args, graceMs) =>
      inTurn(async () => {
        // that nobody is there must not pass for an answer that never comes
        await synchronised({}).catch((error) => {
          drop();
          throw error;
        });
        try {
          await exchange(command, args, { timeoutMs: graceMs });
        } catch (error) {
          const silent = error instanceof AtelierError && ['vm.timeout', 'vm.not-running'].includes(error.code);
          if (!silent || closed) throw error;
        }
      }),
    close() {
      closed = true;
      drop();
    },
  };
}

function encode(command: string, args: object | undefined): Buffer {
  return Buffer.from(`${JSON.stringify({ execute: command, arguments: args })}\n`);
}

async function openLine(path: string): Promise<Line> {
  const socket = connect(path);
  const answers: Readonly<Record<string, unknown>>[] = [];
  let wake: (() => void) | undefined;
  let failure: AtelierError | undefined;
  const fail = (error: AtelierError) => {
    failure ??= error;
    socket.destroy();
    wake?.();
  };
  let reader: JsonLineReader | undefined;
  socket.on('data', (chunk: Buffer) => {
    // before the 0xFF of our own synchronisation everything belongs to an earlier conversation
    const mark = chunk.lastIndexOf(0xff);
    if (mark >= 0) {
      answers.length = 0;
      reader = createJsonLineReader(lineLimitBytes, (answer) => {
        answers.push(answer);
        wake?.();
      });
    }
    const fault = reader?.push(mark >= 0 ? chunk.subarray(mark + 1) : chunk);
    if (fault) fail(new AtelierError('vm.agent-protocol', `the guest agent sent a line that is ${fault}`));
  });
  socket.on('error', (cause) => fail(notRunning(cause)));
  socket.on('close', () => fail(notRunning()));
  const next = async () => {
    for (;;) {
      const answer = answers.shift();
      if (answer) return answer;
      if (failure) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { socket, next };
}

const notRunning = (cause?: Error) =>
  new AtelierError('vm.not-running', 'the line to the guest agent was closed: the VM has ended, or another took it', {
    cause,
  });

function refused(command: string, error: unknown): AtelierError {
  const { class: kind, desc } = (error ?? {}) as { class?: unknown; desc?: unknown };
  return new AtelierError('vm.agent-failed', `the guest agent refused "${command}": ${String(desc ?? 'no words')}`, {
    extra: { command, class: String(kind ?? '') },
  });
}
