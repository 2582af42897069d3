import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Duplex, Readable, Writable } from 'node:stream';
import { startSupervisor } from './start-supervisor.ts';

/** What is run, as whom, and where. */
export interface SupervisedProgram {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Null keeps our own user. */
  readonly account: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | null;
  /** Size of the pseudo-terminal; null gives pipes. */
  readonly terminal: { readonly columns: number; readonly rows: number } | null;
}

/** A program under its supervisor. */
export interface Supervised {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Process id of the supervisor: everything that the program starts descends from it. */
  readonly pid: number;
  /** Exit code; a signal's number plus 128. Resolves when the program has ended and its output has been handed over. */
  readonly exited: Promise<number>;
  /** Resolves when nothing that the program started is left. */
  readonly gone: Promise<void>;
  /** Signals the program's process group. */
  signal(name: NodeJS.Signals): void;
  resize(columns: number, rows: number): void;
  /** Kills everything that the program started. */
  kill(): Promise<void>;
}

/** 32-bit length, then fields divided by NUL (see supervisor.pl). */
function startMessage({ argv, environment, folder, account, terminal }: SupervisedProgram): Buffer {
  const fields = [
    account ? String(account.uid) : '',
    account ? String(account.gid) : '',
    account?.groups.join(',') ?? '',
    terminal ? `${terminal.columns}x${terminal.rows}` : '',
    folder,
    String(argv.length),
    ...argv,
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ];
  if (fields.some((one) => one.includes('\0'))) throw new Error('a command line cannot hold the character NUL');
  const body = Buffer.from(fields.join('\0'));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

const exitCodeOf = (status: number): number => ((status & 127) === 0 ? status >> 8 : 128 + (status & 127));

/** Resolves when the supervisor runs. Rejects when it cannot be started. */
function running(child: ChildProcess): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (child.pid !== undefined) resolve();
    else child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error('cannot start perl, which supervises commands', { cause })));
  });
}

/** Starts a program under a supervisor, a new one unless `start` has one ready. Throws when the supervisor itself cannot be started. */
export async function supervise(
  program: SupervisedProgram,
  start: () => ChildProcess = startSupervisor,
): Promise<Supervised> {
  const message = startMessage(program);
  const child = start();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await running(child);
  const [stdin, stdout, stderr, control] = child.stdio as unknown as [Writable, Socket, Socket, Duplex];
  for (const one of [stdin, stdout, stderr, control]) one.on('error', () => {});
  const { promise: exited, resolve: setExit } = Promise.withResolvers<number>();
  let answers = '';
  control.on('data', (chunk: Buffer) => {
    answers += chunk.toString('latin1');
    const status = /^E(\d+)$/m.exec(answers)?.[1];
    if (status !== undefined) setExit(exitCodeOf(Number(status)));
  });
  control.once('close', () => setExit(137));
  control.write(message);
  return {
    stdin,
    stdout,
    stderr,
    pid: child.pid!,
    exited,
    gone,
    signal: (name) => void control.write(`S${constants.signals[name]}\n`),
    resize: (columns, rows) => void control.write(`R${columns}x${rows}\n`),
    kill: async () => {
      control.end();
      control.destroy();
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
      for (const one of [stdin, stdout, stderr]) one.destroy();
    },
  };
}
