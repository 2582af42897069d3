import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashJob } from './driver.ts';

/** What became of a job: whether it finished before it was killed, and how long it ran, in milliseconds. */
export type Fate = { readonly finished: boolean; readonly ms: number };

/** Processes that wait for a job, so that a kill costs no start: they load while the one before works. */
export type Victims = {
  /** Runs a job and kills it (SIGKILL) so many milliseconds after it began; `undefined` lets it end. A job that fails throws. */
  readonly run: (job: CrashJob, killAfterMs?: number) => Promise<Fate>;
  readonly close: () => Promise<void>;
};

/** `waiting` is how many processes stand by. */
export function victims(waiting: number): Victims {
  const cache = mkdtempSync(join(tmpdir(), 'trim-victims-'));
  const idle: Promise<Victim>[] = [];
  const next = (): Promise<Victim> => {
    while (idle.length <= waiting) idle.push(victim(cache));
    return idle.shift() as Promise<Victim>;
  };
  return {
    run: async (job, killAfterMs) => (await next()).run(job, killAfterMs),
    close: async () => {
      for (const one of idle) await (await one).end();
      rmSync(cache, { recursive: true, force: true });
    },
  };
}

type Victim = { readonly run: Victims['run']; readonly end: () => Promise<void> };

async function victim(cache: string): Promise<Victim> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'driver.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  let out = '';
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (text) => {
      out += text;
      if (out.startsWith('ready')) resolve();
    });
    closed.then(() => reject(new Error(`the victim did not get ready: ${errors}`)));
  });
  return {
    run: async (job, killAfterMs) => {
      const began = performance.now();
      child.stdin?.end(`${JSON.stringify(job)}\n`);
      if (killAfterMs !== undefined) {
        await Promise.race([sleep(killAfterMs), closed]);
        child.kill('SIGKILL');
      }
      const [code, signal] = await closed;
      if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the job failed: ${errors}`);
      return { finished: out.includes('finished'), ms: performance.now() - began };
    },
    end: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
