import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, type CaseName, type Peer, versionsOf } from './peer.ts';
import { rsync } from './peer-rsync.ts';
import { slowLink } from './slow-link.ts';
import { TookTooLong } from './timed-run.ts';
import type { webServer } from './web-server.ts';

/** One measurement; `stopped` when it took longer than its limit, which `wall` then is. */
export type Row = {
  readonly peer: string;
  readonly case: CaseName | 'pack v1' | 'pack v2' | 'pack v3';
  readonly link: string;
  readonly wall: number;
  readonly cpu: number | null;
  readonly peakMB: number | null;
  readonly wireMB: number | null;
  readonly requests: number | null;
  readonly stopped?: true;
  readonly failed?: string;
};

const nothing = { cpu: null, peakMB: null, wireMB: null, requests: null };

/** Has a peer pack all versions. */
export async function packAll(peer: Peer, bench: Bench): Promise<readonly Row[]> {
  return (await peer.prepare(bench)).map(({ wall, cpu, peakBytes }, i) => ({
    ...nothing,
    peer: peer.name,
    case: (['pack v1', 'pack v2', 'pack v3'] as const)[i] as Row['case'],
    link: '',
    wall,
    cpu,
    peakMB: peakBytes / 1e6,
  }));
}

/** Has a peer fetch one case over one link, and compares the disk byte by byte. Undefined where the peer cannot do the case. */
export async function fetchOnce(
  peer: Peer,
  name: CaseName,
  link: string,
  bench: Bench,
  web: Awaited<ReturnType<typeof webServer>>,
): Promise<Row | undefined> {
  const port = peer === rsync ? rsync.port : web.port;
  const shaped = link === 'slow' ? await slowLink(port, 200, 10) : null;
  const target = join(bench.scratch, `${peer.name}.img`);
  const row = { ...nothing, peer: peer.name, case: name, link };
  try {
    web.reset();
    const timed = await peer.fetch(bench, name, shaped?.port ?? port, target);
    if (!timed) return undefined;
    const counted = peer === rsync ? { requests: null, wireBytes: timed.wireBytes ?? 0 } : await web.counted();
    execFileSync('cmp', [target, bench.disk(versionsOf(name).to)]);
    const { wall, cpu, peakBytes } = timed;
    return { ...row, wall, cpu, peakMB: peakBytes / 1e6, wireMB: counted.wireBytes / 1e6, requests: counted.requests };
  } catch (error) {
    if (error instanceof TookTooLong) return { ...row, wall: error.seconds, stopped: true };
    return { ...row, wall: 0, failed: String(error).slice(0, 500) };
  } finally {
    shaped?.close();
    for (const file of [target, `${target}.index`, `${target}.partial`, `${target}.part`])
      rmSync(file, { force: true, recursive: true });
  }
}
