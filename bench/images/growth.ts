import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './peer.ts';
import { ourProgram } from './peer-atelier.ts';
import type { webServer } from './web-server.ts';

type Web = Awaited<ReturnType<typeof webServer>>;
const GiB = 2 ** 30;

/**
 * How cost grows with the size of the disk: the first GiB of v1, v1, and v1, v2, v3, v1 one behind the other (16 GiB, of which
 * much is the same). zstd level 1, for growth does not depend on it.
 */
export async function growthBySize(bench: Bench, web: Web): Promise<readonly (readonly [string, string])[]> {
  const rows: (readonly [string, string])[] = [];
  for (const gib of [1, 4, 16]) {
    const disk = gib === 4 ? bench.disk(1) : join(bench.scratch, `grown-${gib}.img`);
    if (gib === 1) append(disk, bench.disk(1), GiB);
    if (gib === 16) for (const version of [1, 2, 3, 1]) append(disk, bench.disk(version));
    rows.push([`${gib} GiB`, await publishAndFetch(bench, web, `size-${gib}`, [disk])]);
    if (gib !== 4) rmSync(disk);
  }
  return rows;
}

/** How cost grows with the versions that are kept: each changes 1 % of the blocks of a disk of 1 GiB. The last one is fetched. */
export async function growthByVersions(bench: Bench, web: Web): Promise<readonly (readonly [string, string])[]> {
  const rows: (readonly [string, string])[] = [];
  const disks: string[] = [];
  const first = join(bench.scratch, 'kept-1.img');
  append(first, bench.disk(1), GiB);
  for (let version = 1; version <= 8; version++) {
    const disk = join(bench.scratch, `kept-${version}.img`);
    if (version > 1) {
      copyFileSync(disks.at(-1) as string, disk);
      change(disk, version);
    }
    disks.push(disk);
  }
  for (const kept of [1, 4, 8])
    rows.push([`${kept} versions`, await publishAndFetch(bench, web, `kept-${kept}`, disks.slice(0, kept))]);
  for (const disk of disks) rmSync(disk);
  return rows;
}

async function publishAndFetch(bench: Bench, web: Web, name: string, disks: readonly string[]): Promise<string> {
  const folder = join(bench.served, name);
  mkdirSync(folder, { recursive: true });
  const target = join(bench.scratch, `${name}.fetched`);
  try {
    let packed = { wall: 0, cpu: 0, peakBytes: 0 };
    for (const [i, disk] of disks.entries())
      packed = await ourProgram('publish.ts', [folder, String(i + 1), disk], bench.scratch, undefined, { LEVEL: '1' });
    const version = disks.length;
    const index = statSync(join(folder, `repository/images/bench/${version}.index`)).size;
    const url = `http://127.0.0.1:${web.port}/${name}/repository`;
    const got = await ourProgram('fetch.ts', [folder, url, String(version), target], bench.scratch);
    const line = (what: string, { cpu, peakBytes }: { readonly cpu: number; readonly peakBytes: number }) =>
      `${what} ${cpu.toFixed(1)} CPU s, ${(peakBytes / 1e6).toFixed(0)} MB`;
    return `${line('publish (the last)', packed)}; ${line('fetch', got)}; index ${(index / 1000).toFixed(0)} KB`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const file of [target, `${target}.index`, `${target}.partial`]) rmSync(file, { force: true, recursive: true });
  }
}

/** Appends the first `length` bytes of a disk to a file; blocks of zeros stay holes. */
function append(to: string, from: string, length = statSync(from).size): void {
  const [source, target] = [openSync(from, 'r'), openSync(to, 'a+')];
  closeSync(target);
  const out = openSync(to, 'r+');
  const start = statSync(to).size;
  const buffer = Buffer.alloc(1 << 20);
  const zeros = Buffer.alloc(1 << 20);
  for (let at = 0; at < length; at += buffer.length) {
    readSync(source, buffer, 0, buffer.length, at);
    if (!buffer.equals(zeros)) writeSync(out, buffer, 0, buffer.length, start + at);
  }
  ftruncateSync(out, start + length);
  closeSync(source);
  closeSync(out);
}

/** Changes a block in a hundred, at places that depend on `seed` only. */
function change(path: string, seed: number): void {
  const fd = openSync(path, 'r+');
  const blocks = statSync(path).size / 4096;
  for (let i = 0; i < blocks / 100; i++) {
    const block = (Math.imul(i * 8 + seed, 0x9e3779b1) >>> 0) % blocks;
    writeSync(fd, Buffer.from(`version ${seed} of block ${block}`), 0, 20, block * 4096);
  }
  closeSync(fd);
}
