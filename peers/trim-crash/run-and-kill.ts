import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CrashJob } from './driver.ts';

/**
 * Runs a job in a process of its own and kills it (SIGKILL) so many milliseconds after it began; `undefined` lets it end.
 * Gives whether it finished; a job that fails by itself throws with what it said.
 */
export async function runAndKill(job: CrashJob, afterMs: number | undefined): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'driver.ts'), JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (text) => {
    if (out === '' && afterMs !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    out += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the job failed: ${errors}`);
  return out.includes('finished');
}
