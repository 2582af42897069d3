// Measures Trim Transfer beside other ways to deliver a disk image, in one run on the same disks:
//   node bench/images/run.ts FOLDER [--peers atelier,casync,zsync,rsync] [--links fast,slow] [--cases empty→v1,v1→v2,…]
// FOLDER holds v1.img, v2.img, v3.img (make-images.sh). Prints a table per case, and the same as JSON into FOLDER/results.json.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, type CaseName, caseNames, type Peer, versionsOf } from './peer.ts';
import { atelier } from './peer-atelier.ts';
import { casync } from './peer-casync.ts';
import { rsync } from './peer-rsync.ts';
import { zsync } from './peer-zsync.ts';
import { slowLink } from './slow-link.ts';
import { webServer } from './web-server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'string', default: 'atelier,casync,zsync,rsync' },
    links: { type: 'string', default: 'fast,slow' },
    cases: { type: 'string', default: caseNames.join(',') },
  },
});
const folder = positionals[0];
if (!folder) throw new Error('say in which folder the disks are');
const all: Readonly<Record<string, Peer>> = { atelier, casync, zsync, rsync };
const chosen = values.peers.split(',').map(
  (name) =>
    all[name] ??
    (() => {
      throw new Error(`no peer is called ${name}`);
    })(),
);
const cases = caseNames.filter((name) => values.cases.split(',').includes(name));

const bench: Bench = {
  disk: (version) => join(folder, `v${version}.img`),
  served: join(folder, 'bench/served'),
  scratch: join(folder, 'bench/scratch'),
};
rmSync(join(folder, 'bench'), { recursive: true, force: true });
for (const place of [bench.served, bench.scratch]) mkdirSync(place, { recursive: true });

interface Row {
  readonly peer: string;
  readonly case: CaseName | 'pack v1';
  readonly link: string;
  readonly wall: number;
  readonly cpu: number;
  readonly peakMB: number;
  readonly wireMB: number | null;
  readonly requests: number | null;
}
const rows: Row[] = [];
const number = (value: number | null, digits = 0) => (value === null ? '–' : value.toFixed(digits)).padStart(9);
function add(row: Row) {
  rows.push(row);
  console.log(
    `${row.case.padEnd(9)} ${row.link.padEnd(5)} ${row.peer.padEnd(8)} wire MB${number(row.wireMB, 1)}  wall s${number(row.wall, 1)}  cpu s${number(row.cpu, 1)}  peak MB${number(row.peakMB)}  requests${number(row.requests)}`,
  );
}

const web = await webServer(bench.served, bench.scratch);
try {
  for (const peer of chosen) {
    const packed = await peer.prepare(bench);
    add({
      peer: peer.name,
      case: 'pack v1',
      link: '',
      wall: packed.wall,
      cpu: packed.cpu,
      peakMB: packed.peakBytes / 1e6,
      wireMB: null,
      requests: null,
    });
  }
  for (const link of values.links.split(',')) {
    for (const name of cases) {
      for (const peer of chosen) {
        const port = peer === rsync ? rsync.port : web.port;
        const shaped = link === 'slow' ? await slowLink(port, 200, 10) : null;
        const target = join(bench.scratch, `${peer.name}.img`);
        try {
          web.reset();
          const timed = await peer.fetch(bench, name, shaped?.port ?? port, target);
          if (!timed) continue;
          const counted = peer === rsync ? { requests: null, wireBytes: timed.wireBytes ?? 0 } : await web.counted();
          execFileSync('cmp', [target, bench.disk(versionsOf(name).to)]);
          add({
            peer: peer.name,
            case: name,
            link,
            wall: timed.wall,
            cpu: timed.cpu,
            peakMB: timed.peakBytes / 1e6,
            wireMB: counted.wireBytes / 1e6,
            requests: counted.requests,
          });
        } catch (error) {
          console.log(
            `${name.padEnd(9)} ${link.padEnd(5)} ${peer.name.padEnd(8)} failed: ${String(error).slice(0, 500)}`,
          );
        } finally {
          shaped?.close();
          for (const file of [target, `${target}.index`]) rmSync(file, { force: true });
        }
      }
    }
  }
  console.log('\nours / the best of the others (less is better)');
  for (const link of values.links.split(','))
    for (const name of cases) {
      const here = rows.filter((row) => row.case === name && row.link === link);
      const ours = here.find((row) => row.peer === 'atelier');
      const others = here.filter((row) => row.peer !== 'atelier');
      if (!ours || others.length === 0) continue;
      const ratio = (of: (row: Row) => number | null) =>
        ((of(ours) ?? Number.NaN) / Math.min(...others.map((row) => of(row) ?? Number.POSITIVE_INFINITY))).toFixed(2);
      console.log(
        `${name.padEnd(9)} ${link.padEnd(5)} wire ${ratio((row) => row.wireMB)}  wall ${ratio((row) => row.wall)}  cpu ${ratio((row) => row.cpu)}`,
      );
    }
} finally {
  writeFileSync(join(folder, 'results.json'), JSON.stringify(rows, null, 1));
  rsync.stop();
  await web.stop();
}
