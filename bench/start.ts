/**
 * How long a start takes, and what an idle server holds: `node bench/start.ts [rounds]`, on a quiet machine. Needs what `npm start` needs.
 * Cold: an empty state folder (the database is made). Warm: the same folder again. Ready: the console's address was printed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..');
const rounds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-start-'));
const MiB = 1024 * 1024;

interface Memory {
  readonly rss: number;
  readonly pss: number;
  readonly processes: number;
}

/** The process and all below it. */
function family(pid: number): number[] {
  const children = globSync(`/proc/${pid}/task/*/children`).flatMap((file) =>
    readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

/** In MiB. PSS counts what processes share once; RSS of a database counts its shared buffers in each process. */
function memoryOf(pids: readonly number[]): Memory {
  const sum = { rss: 0, pss: 0 };
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    sum.rss += Number(/^Rss: +(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
    sum.pss += Number(/^Pss: +(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
  }
  return { ...sum, processes: pids.length };
}

/** Starts the program, measures it, ends it with Ctrl-C. `idleMs` without anybody: then memory is measured. */
async function round(words: readonly string[], state: string, idleMs: number) {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(root, 'bin/atelier.mjs'), ...words, '--port', '18443'], {
    env: { ...process.env, ATELIER_STATE: state, NO_COLOR: '1', ATELIER_PORT: '18443' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('https://')) resolve(performance.now() - begun);
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.once('exit', () => reject(new Error(`it ended:\n${output}`)));
  });
  const readyMs = await ready;
  await sleep(idleMs);
  const memory = idleMs > 0 ? memoryOf(family(child.pid!)) : undefined;
  const stopBegun = performance.now();
  child.kill('SIGINT');
  await once(child, 'exit');
  return { readyMs, stopMs: performance.now() - stopBegun, memory };
}

function sizeOf(path: string): number {
  const found = lstatSync(path);
  if (!found.isDirectory()) return found.blocks * 512;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), found.blocks * 512);
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const table = (rows: readonly (readonly [string, string])[]) =>
  ['| measured | value |', '|---|---|', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');

try {
  const rows: [string, string][] = [];
  for (const [title, words] of [
    ['server alone', ['server', 'run']],
    ['server and client (`atelier up --no-sample`)', ['up', '--no-sample']],
  ] as const) {
    const cold: number[] = [];
    const warm: number[] = [];
    const stop: number[] = [];
    for (let n = 0; n < rounds; n++) {
      const state = join(folder, `${words[0]}-${n}`);
      cold.push((await round(words, state, 0)).readyMs);
      const second = await round(words, state, 0);
      warm.push(second.readyMs);
      stop.push(second.stopMs);
    }
    const { memory } = await round(words, join(folder, `${words[0]}-0`), 15_000);
    rows.push(
      [`${title}: first start, median of ${rounds}`, seconds(median(cold))],
      [`${title}: next start, median of ${rounds} (worst)`, `${seconds(median(warm))} (${seconds(Math.max(...warm))})`],
      [`${title}: stop, median`, seconds(median(stop))],
      [
        `${title}: idle after 15 s, database included`,
        `${memory!.pss.toFixed(0)} MiB PSS, ${memory!.rss.toFixed(0)} MiB RSS, ${memory!.processes} processes`,
      ],
    );
  }
  const modules = join(root, 'node_modules');
  rows.push(['npm packages on disk', `${(sizeOf(modules) / MiB).toFixed(0)} MiB`]);
  const node = join(modules, `node-linux-${process.arch}`);
  if (existsSync(node)) rows.push(['of these the pinned Node', `${(sizeOf(node) / MiB).toFixed(0)} MiB`]);
  const built = join(root, 'apps/console/dist');
  if (existsSync(built)) rows.push(['the built console', `${(sizeOf(built) / MiB).toFixed(1)} MiB`]);
  rows.push(['a new state folder', `${(sizeOf(join(folder, 'server-0')) / MiB).toFixed(0)} MiB`]);
  console.log(table(rows));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
