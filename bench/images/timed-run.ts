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

/** Runs a program to its end under time(1). Throws with the end of its output when it fails or takes longer than `limitSeconds`. */
export async function timedRun(
  command: readonly string[],
  options: { cwd?: string; limitSeconds?: number } = {},
): Promise<Timed> {
  const folder = mkdtempSync(join(tmpdir(), 'timed-'));
  const file = join(folder, 'time');
  try {
    const child = spawn('/usr/bin/time', ['-o', file, '-f', '%e %U %S %M', ...command], {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: (options.limitSeconds ?? 1800) * 1000,
    });
    let output = '';
    const keep = (data: Buffer) => {
      output = (output + data.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const code = await new Promise((resolve) => child.on('close', resolve));
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
