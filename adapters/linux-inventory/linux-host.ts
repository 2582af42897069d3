import { spawn } from 'node:child_process';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';

/** Programs that are asked; others may be put in their place. */
export interface HostPrograms {
  readonly systemctl: string;
  readonly journalctl: string;
  readonly getent: string;
  readonly loginctl: string;
}

/** Where the facts come from. */
export interface LinuxHostOptions {
  /** Folder that holds `proc`, `sys`, `etc` and `var`; `/` for the machine itself. */
  readonly root?: string;
  readonly programs?: Partial<HostPrograms>;
  /** Further arguments for journalctl, e.g. `-D folder`. */
  readonly journal?: readonly string[];
  readonly hostname?: string;
  /** Addresses of the network interfaces. */
  readonly interfaces?: typeof networkInterfaces;
}

/** A Linux machine, read through its files and a few programs. Whatever is missing gives null or nothing. */
export interface LinuxHost {
  readonly root: string;
  readonly name: string;
  readonly live: boolean;
  readonly programs: HostPrograms;
  readonly journal: readonly string[];
  readonly interfaces: typeof networkInterfaces;
  path(file: string): string;
  text(file: string): Promise<string | null>;
  /** First line without white space around it; null when it is empty. */
  line(file: string): Promise<string | null>;
  number(file: string): Promise<number | null>;
  bytes(file: string): Promise<Buffer | null>;
  entries(folder: string): Promise<readonly string[]>;
  link(file: string): Promise<string | null>;
  changed(file: string): Promise<Date | null>;
  /** Standard output of a program; null when it is absent or fails. */
  run(program: string, args: readonly string[], signal: AbortSignal): Promise<string | null>;
  /** Exit code and both outputs; code null when the program is absent. */
  execute(program: string, args: readonly string[], signal: AbortSignal): Promise<Execution>;
}

export interface Execution {
  readonly code: number | null;
  readonly output: string;
  readonly error: string;
}

const outputLimit = 64 * 1024 * 1024;
const timeLimit = 20_000;

function execute(program: string, args: readonly string[], signal: AbortSignal): Promise<Execution> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeLimit)]),
      killSignal: 'SIGKILL',
    });
    const output: Buffer[] = [];
    let size = 0;
    let error = '';
    child.stdout.on('data', (data: Buffer) => {
      size += data.length;
      if (size > outputLimit) child.kill('SIGKILL');
      else output.push(data);
    });
    child.stderr.on('data', (data: Buffer) => {
      error = (error + data.toString()).slice(-4000);
    });
    child.on('error', (problem) => {
      if (signal.aborted) reject(signal.reason);
      else resolve({ code: null, output: '', error: problem.message });
    });
    child.on('close', (code) => resolve({ code, output: Buffer.concat(output).toString(), error }));
  });
}

const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work;
  } catch {
    // A file that is gone, forbidden or a folder tells nothing: what it would say is unknown.
    return null;
  }
};

/** Opens a machine for reading. */
export function createLinuxHost(options: LinuxHostOptions = {}): LinuxHost {
  const root = options.root ?? '/';
  const path = (file: string): string => join(root, file);
  const text = (file: string): Promise<string | null> => orNull(readFile(path(file), 'utf8'));
  const line = async (file: string): Promise<string | null> =>
    ((await text(file)) ?? '').split('\n')[0]!.replaceAll('\0', '').trim() || null;
  return {
    root,
    name: options.hostname ?? hostname(),
    live: root === '/',
    programs: {
      systemctl: 'systemctl',
      journalctl: 'journalctl',
      getent: 'getent',
      loginctl: 'loginctl',
      ...options.programs,
    },
    journal: options.journal ?? [],
    interfaces: options.interfaces ?? networkInterfaces,
    path,
    text,
    line,
    number: async (file) => {
      const found = await line(file);
      return found !== null && /^-?\d+$/.test(found) ? Number(found) : null;
    },
    bytes: (file) => orNull(readFile(path(file))),
    entries: async (folder) => (await orNull(readdir(path(folder)))) ?? [],
    link: (file) => orNull(readlink(path(file))),
    changed: async (file) => (await orNull(stat(path(file))))?.mtime ?? null,
    run: async (program, args, signal) => {
      const { code, output } = await execute(program, args, signal);
      return code === 0 ? output : null;
    },
    execute,
  };
}

/** `Key: value` or `Key=value` lines as a map; quotes around values are taken off. */
export function readPairs(text: string | null, separator: ':' | '='): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const row of text?.split('\n') ?? []) {
    const at = row.indexOf(separator);
    if (at > 0 && !row.startsWith('#'))
      pairs.set(
        row.slice(0, at).trim(),
        row
          .slice(at + 1)
          .trim()
          .replace(/^(["'])(.*)\1$/, '$2'),
      );
  }
  return pairs;
}
