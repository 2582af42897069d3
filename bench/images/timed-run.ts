import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one whole program took: seconds and bytes, as the operating system accounted it (children included; memory of the largest process). */
export interface Timed {
  readonly wall: number;
  readonly cpu: number;
  readonly peakBytes: number;
  readonly output: string;
}

/** A program was stopped because it took too long. */
export class TookTooLong extends Error {
  readonly seconds: number;
  constructor(command: string, seconds: number) {
    super(`${command} took longer than ${seconds} s`);
    this.seconds = seconds;
  }
}

/** Runs a program to its end under time(1). Throws `TookTooLong` after `limitSeconds`, or with the end of its output when it fails. */
export async function timedRun(
  command: readonly string[],
  options: { cwd?: string; limitSeconds?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<Timed> {
  const folder = mkdtempSync(join(tmpdir(), 'timed-'));
  const file = join(folder, 'time');
  const limit = options.limitSeconds ?? 1800;
  try {
    // a group of its own, so that what takes too long is stopped with its children
    const child = spawn('/usr/bin/time', ['-o', file, '-f', '%e %U %S %M', ...command], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    }, limit * 1000);
    let output = '';
    const keep = (data: Buffer) => {
      output = (output + data.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const code = await new Promise((resolve) => child.on('close', resolve));
    clearTimeout(timer);
    if (late) throw new TookTooLong(command.slice(0, 2).join(' '), limit);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${output.slice(-2000)}`);
    const [wall, user, system, kilobytes] = readFileSync(file, 'utf8').trim().split(/\s+/).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    return { wall, cpu: user + system, peakBytes: kilobytes * 1024, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
