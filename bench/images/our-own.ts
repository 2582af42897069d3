import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './peer.ts';
import { ourProgram } from './peer-atelier.ts';

/** What no peer has its like of: an update to what is there, index sizes, waiting, growth. One line of text each. */
export async function measureOurOwn(bench: Bench, port: number): Promise<readonly (readonly [string, string])[]> {
  return [...(await presentVersion(bench, port)), ...indexSizes(bench), ...(await idlePolls(bench, port))];
}

/** Hashing a disk once, one thread in large reads, and an update to the very version that a client has, elsewhere on its disk. */
async function presentVersion({ served, scratch, disk }: Bench, port: number) {
  const hashed = seconds(() => {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(4 << 20);
    const fd = openSync(disk(2), 'r');
    for (let at = 0, read = 1; read > 0; at += read) {
      read = readSync(fd, buffer, 0, buffer.length, at);
      hash.update(buffer.subarray(0, read));
    }
    closeSync(fd);
    hash.digest();
  });
  const target = join(scratch, 'present.img');
  const url = `http://127.0.0.1:${port}/atelier/repository`;
  const seed = ['--previous', disk(2), join(scratch, 'indexes/v2.index')];
  try {
    const timed = await ourProgram('fetch.ts', [join(served, 'atelier'), url, '2', target, ...seed], scratch);
    const ratio = timed.wall / hashed;
    return [
      ['hashing v2 once (s)', hashed.toFixed(1)],
      [
        'update v2→v2, all blocks from the previous disk (s; × hashing)',
        `${timed.wall.toFixed(1)}; ${ratio.toFixed(2)}`,
      ],
    ] as const;
  } finally {
    for (const file of [target, `${target}.index`, `${target}.partial`]) rmSync(file, { force: true, recursive: true });
  }
}

function indexSizes({ served, disk }: Bench) {
  const folder = join(served, 'atelier/repository/images/bench');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.index'))
    .sort()
    .map((name) => {
      const bytes = statSync(join(folder, name)).size;
      const gib = statSync(disk(Number.parseInt(name, 10))).size / 2 ** 30;
      return [`index of v${Number.parseInt(name, 10)} (KB per GiB of disk)`, (bytes / 1000 / gib).toFixed(0)] as const;
    });
}

/** A client that asks its channel every 10 s: CPU seconds of a minute, less those of its start. */
async function idlePolls({ served, scratch }: Bench, port: number) {
  const url = `http://127.0.0.1:${port}/atelier/repository`;
  const timed = await ourProgram('poll.ts', [join(served, 'atelier'), url, '60', '10'], scratch);
  const { cpu, polls } = JSON.parse(timed.output) as { readonly cpu: number; readonly polls: number };
  return [
    [
      'idle for 60 s, between and with polls every 10 s (% of a CPU)',
      `${((cpu / 60) * 100).toFixed(2)} (${polls} polls)`,
    ],
  ] as const;
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
