import { setTimeout as wait } from 'node:timers/promises';
import type { LinuxHost } from '../linux-host.ts';

/** Share of the time since the last look, in percent. */
export interface CpuLoad {
  /** `_Total`, or the processor's number. */
  readonly name: string;
  readonly busy: number;
  readonly user: number;
  readonly privileged: number;
  readonly interrupt: number;
}

type Sample = ReadonlyMap<string, readonly number[]>;

function read(text: string | null): Sample {
  const found = new Map<string, readonly number[]>();
  for (const row of (text ?? '').split('\n')) {
    const match = /^cpu(\d*)\s+(.*)$/.exec(row);
    if (match) found.set(match[1] === '' ? '_Total' : match[1]!, match[2]!.trim().split(/\s+/).map(Number));
  }
  return found;
}

const percent = (part: number, whole: number): number =>
  whole <= 0 ? 0 : Math.min(100, Math.max(0, Math.round((part * 100) / whole)));

function load(name: string, before: readonly number[] | undefined, after: readonly number[]): CpuLoad {
  const delta = after.map((value, index) => value - (before?.[index] ?? 0));
  const at = (index: number): number => delta[index] ?? 0;
  const whole = delta.slice(0, 8).reduce((sum, one) => sum + one, 0);
  const idle = at(3) + at(4);
  return {
    name,
    busy: percent(whole - idle, whole),
    user: percent(at(0) + at(1), whole),
    privileged: percent(at(2) + at(5) + at(6), whole),
    interrupt: percent(at(5) + at(6), whole),
  };
}

/** Remembers the last look, so that nobody must measure while nobody asks. The first look, or one too soon after another, takes 100 ms. */
export function createCpuMeter(host: LinuxHost): () => Promise<readonly CpuLoad[]> {
  let last: { readonly at: number; readonly sample: Sample } | null = null;
  const look = async (): Promise<Sample> => read(await host.text('proc/stat'));
  return async () => {
    let before = last;
    if (!before || performance.now() - before.at > 60_000) {
      before = { at: performance.now(), sample: await look() };
      await wait(100);
    } else if (performance.now() - before.at < 100) await wait(100);
    const sample = await look();
    last = { at: performance.now(), sample };
    return [...sample].map(([name, after]) => load(name, before.sample.get(name), after));
  };
}
