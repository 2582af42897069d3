import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { boundedOutput, type StartTransport } from './transport.ts';

export interface ChildOptions {
  /** Program and arguments; the program by absolute path, by name on PATH, or below the folder (`./plug-in.py`). */
  readonly command: readonly string[];
  /** The plug-in's folder, where it runs. */
  readonly folder: string;
  /** Megabytes of address space; null for no limit. */
  readonly memoryLimit: number | null;
  /** Megabytes of memory that it may really have, which is looked at now and then; 1,024 unless told. */
  readonly residentLimit?: number;
}

/** Bytes of one message, which is one line. */
export const longestLine = 1024 * 1024;
/** Bytes that may wait for a process that does not read. */
const mostUnread = 8 * longestLine;
/** Lines that are no messages, since the last one that was, after which the process is ended: print() in a loop. */
const mostGarbage = 1000;

/** Megabytes of memory that a process may really have, and how often that is looked at, in milliseconds. */
const mostResident = 1024;
const lookEveryMs = 500;
const pageBytes = 4096;

const setpriv = '/usr/bin/setpriv';
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The command with its limits: the kernel ends the process with ours, also when ours is killed; it gains no privileges. */
function bounded({ command, memoryLimit }: ChildOptions): readonly string[] {
  const limited =
    memoryLimit === null
      ? command
      : ['/bin/sh', '-c', 'ulimit -v "$1" && shift && exec "$@"', 'sh', String(memoryLimit * 1024), ...command];
  return existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--no-new-privs', ...limited] : limited;
}

/** Runs a plug-in in a process of its own that speaks JSON-RPC over its standard input and output, one message on each line, in UTF-8. */
export const childTransport =
  (options: ChildOptions): StartTransport =>
  (events) => {
    const [program = '', ...rest] = bounded(options);
    const child: ChildProcess = spawn(program, rest, {
      cwd: options.folder,
      env: { PATH: path, LANG: 'C.UTF-8', HOME: options.folder },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that what it started ends with it.
      detached: true,
    });
    const output = boundedOutput(events.output);
    let ended = false;
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    };
    const end = (why: string): void => {
      if (ended) return;
      ended = true;
      clearInterval(looking);
      kill();
      events.end(why);
    };

    const most = options.residentLimit ?? mostResident;
    const looking = setInterval(() => {
      readFile(`/proc/${child.pid}/statm`, 'utf8').then(
        (text) => {
          if (Number(text.split(' ')[1]) * pageBytes > most * 1024 * 1024) end(`it has more than ${most} MB of memory`);
        },
        // It is gone already, or there is no such place on this system.
        () => undefined,
      );
    }, lookEveryMs).unref();

    let pieces: Buffer[] = [];
    let length = 0;
    let garbage = 0;
    const line = (text: string): void => {
      if (text.trim() === '') return;
      let message: unknown = null;
      try {
        message = JSON.parse(text);
      } catch {
        // Looked at below.
      }
      if (typeof message === 'object' && message !== null && 'jsonrpc' in message) {
        garbage = 0;
        events.message(message);
        return;
      }
      garbage += 1;
      output(`printed what is no message: ${text.slice(0, 200)}`);
      if (garbage > mostGarbage) end(`it printed ${garbage} lines that are no messages`);
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0 && !ended; at = chunk.indexOf(10, from)) {
        const text = Buffer.concat([...pieces, chunk.subarray(from, at)]).toString('utf8');
        pieces = [];
        length = 0;
        from = at + 1;
        line(text);
      }
      const rest = chunk.subarray(from);
      length += rest.length;
      if (length > longestLine) end(`it printed a line longer than ${longestLine} bytes`);
      else if (!ended && rest.length > 0) pieces.push(rest);
    });
    child.stderr?.setEncoding('utf8').on('data', output);
    child.stdin?.on('error', () => end('it closed its input'));
    child.on('error', (error) => end(`it cannot be started: ${error.message}`));
    child.on('exit', (code, signal) =>
      end(signal ? `its process was ended by ${signal}` : `its process ended with ${code}`),
    );
    return {
      send(message) {
        const text = `${JSON.stringify(message)}\n`;
        if (Buffer.byteLength(text) > longestLine)
          throw new Error(`a message of ${text.length} characters is longer than the ${longestLine} bytes of a line`);
        child.stdin?.write(text);
        if ((child.stdin?.writableLength ?? 0) > mostUnread) end('it does not read its input');
      },
      async kill() {
        end('its process was ended');
        if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
          await new Promise((resolve) => child.once('exit', resolve));
      },
    };
  };
