import { connect, type Socket } from 'node:net';
import { AtelierError } from '@atelier/domain/errors';
import { createJsonLineReader } from './json-lines.ts';
import type { WaitOptions } from './vm.ts';
import { within } from './within.ts';

/** The longest line that QEMU may send. Its longest true answers (query-qmp-schema) are near 200 KiB. */
const lineLimitBytes = 4 * 1024 * 1024;
/** No more commands than this may wait for an answer. */
const pendingLimit = 64;

export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A connection to QEMU's machine protocol (QMP), past its greeting and negotiation. */
export interface QmpClient {
  /** Sends one command and gives its `return`. Throws `vm.qmp-failed`, `vm.qmp-closed`, `vm.timeout`. */
  execute(command: string, args?: Readonly<Record<string, unknown>>, options?: WaitOptions): Promise<unknown>;
  onEvent(listener: (event: QmpEvent) => void): () => void;
  /** Settles when the connection has ended, for whatever reason; never rejects. */
  readonly closed: Promise<void>;
  close(): void;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly command: string;
}

/**
 * Connects to the QMP socket at `path` and negotiates.
 * Specification: QEMU docs/interop/qmp-spec.txt, sections 2.2 (greeting), 2.3 (commands), 2.4 (answers), 2.5 (events), 4 (negotiation).
 */
export async function connectQmp(path: string, options: WaitOptions = {}): Promise<QmpClient> {
  const socket = connect(path);
  const pending = new Map<string, Pending>();
  const listeners = new Set<(event: QmpEvent) => void>();
  let nextId = 0;
  let failure: AtelierError | undefined;
  let greet: (() => void) | undefined;
  const greeting = new Promise<void>((resolve) => {
    greet = resolve;
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      failure ??= new AtelierError('vm.qmp-closed', 'the control connection to QEMU is closed');
      for (const entry of pending.values()) entry.reject(failure);
      pending.clear();
      resolve();
    });
  });
  socket.on('error', (cause) => {
    failure ??= new AtelierError('vm.qmp-closed', `the control socket of QEMU failed: ${cause.message}`, { cause });
  });

  const reader = createJsonLineReader(lineLimitBytes, (message) => {
    if ('QMP' in message) return greet?.();
    if (typeof message.event === 'string') {
      const event = { event: message.event, data: (message.data ?? {}) as Record<string, unknown> };
      for (const listener of listeners) listener(event);
      return;
    }
    const entry = pending.get(String(message.id));
    if (!entry) return; // the answer to a command that was no longer waited for
    pending.delete(String(message.id));
    if ('return' in message) entry.resolve(message.return);
    else entry.reject(refused(entry.command, message.error));
  });
  socket.on('data', (chunk: Buffer) => {
    const fault = reader.push(chunk);
    if (!fault) return;
    failure = new AtelierError('vm.qmp-protocol', `QEMU sent a line that is ${fault}`);
    socket.destroy();
  });

  const execute: QmpClient['execute'] = async (command, args, wait = {}) => {
    if (failure) throw failure;
    if (pending.size >= pendingLimit) {
      throw new AtelierError('vm.timeout', `${pendingLimit} commands wait for QEMU already; "${command}" was not sent`);
    }
    const id = String(nextId++);
    const answer = new Promise((resolve, reject) => pending.set(id, { resolve, reject, command }));
    socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    return inTime(answer, `"${command}"`, wait).finally(() => pending.delete(id));
  };

  const client: QmpClient = {
    execute,
    closed,
    close: () => socket.destroy(),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  try {
    await inTime(
      firstOf(greeting, closed, () => failure),
      'the greeting',
      options,
    );
    await execute('qmp_capabilities', undefined, options);
  } catch (error) {
    closeQuietly(socket);
    throw error;
  }
  return client;
}

function refused(command: string, error: unknown): AtelierError {
  const { class: kind, desc } = (error ?? {}) as { class?: unknown; desc?: unknown };
  return new AtelierError('vm.qmp-failed', `QEMU refused "${command}": ${desc ?? 'no words'}`, {
    extra: { command, class: String(kind ?? '') },
  });
}

async function firstOf(greeting: Promise<void>, closed: Promise<void>, why: () => unknown): Promise<void> {
  const greeted = await Promise.race([greeting.then(() => true), closed.then(() => false)]);
  if (!greeted) throw why();
}

function closeQuietly(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.destroy();
}

/** Gives what `work` gives, or throws `vm.timeout` after the time (default 30 s), or the signal's reason. */
export async function inTime<T>(work: Promise<T>, what: string, options: WaitOptions): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  work.catch(() => undefined); // when the time is up first, its later failure is nobody's
  const answer = await within(
    work.then((value) => ({ value })),
    timeoutMs,
    options.signal,
  );
  if (answer) return answer.value;
  throw new AtelierError('vm.timeout', `no answer to ${what} within ${timeoutMs / 1000} s`);
}
