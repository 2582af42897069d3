// Measures Trim Transfer beside other ways to deliver a disk image, in one run on the same disks. One command, as root:
//   node bench/images/run.ts [FOLDER] [--peers atelier,rsync,zsync,casync] [--links fast,slow] [--cases empty→v1,…]
//     [--parts compare,own,growth] [--limit 300]
// Missing programs are installed from Debian, and v1.img, v2.img, v3.img are made in FOLDER (make-images.sh) when they are not
// there. Prints what is measured as it goes, then tables in Markdown, and keeps the same as JSON in FOLDER/results.json.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchOnce, packAll, type Row } from './compare.ts';
import { getReady } from './get-ready.ts';
import { growthBySize, growthByVersions } from './growth.ts';
import { measureOurOwn } from './our-own.ts';
import { type Bench, type CaseName, caseNames, type Peer } from './peer.ts';
import { atelier } from './peer-atelier.ts';
import { casync } from './peer-casync.ts';
import { rsync } from './peer-rsync.ts';
import { zsync } from './peer-zsync.ts';
import { measuredTable, verdictTable } from './report.ts';
import { webServer } from './web-server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'string', default: 'atelier,rsync,zsync,casync' },
    links: { type: 'string', default: 'fast,slow' },
    cases: { type: 'string', default: caseNames.join(',') },
    parts: { type: 'string', default: 'compare,own,growth' },
    limit: { type: 'string', default: '300' },
  },
});
const folder = resolve(positionals[0] ?? join(tmpdir(), 'atelier-bench-images'));
const all: Readonly<Record<string, Peer>> = { atelier, casync, zsync, rsync };
const chosen = values.peers.split(',').map((name) => {
  const peer = all[name];
  if (!peer) throw new Error(`no peer is called ${name}`);
  return peer;
});
const cases = caseNames.filter((name: CaseName) => values.cases.split(',').includes(name));
const links = values.links.split(',');
const parts = values.parts.split(',');

getReady(folder);
const bench: Bench = {
  disk: (version) => join(folder, `v${version}.img`),
  served: join(folder, 'bench/served'),
  scratch: join(folder, 'bench/scratch'),
  limitSeconds: Number(values.limit),
};
rmSync(join(folder, 'bench'), { recursive: true, force: true });
for (const place of [bench.served, bench.scratch]) mkdirSync(place, { recursive: true });

const rows: Row[] = [];
const notes: (readonly [string, string])[] = [];
const machine = `${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`;
const keep = () => writeFileSync(join(folder, 'results.json'), JSON.stringify({ machine, rows, notes }, null, 1));
const add = (row: Row) => {
  rows.push(row);
  keep();
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `${new Date().toISOString().slice(11, 19)} load ${load} ${measuredTable([row]).split('\n').at(-1)} ${row.failed ?? ''}`,
  );
};

/** Whoever takes three times as long as the best so far (and two minutes) is stopped: more would show nothing. */
function enough(name: CaseName, link: string): number {
  const walls = rows.filter((row) => row.case === name && row.link === link && !row.failed).map(({ wall }) => wall);
  return Math.min(bench.limitSeconds, Math.max(120, 3 * Math.min(...walls)));
}

const web = await webServer(bench.served, bench.scratch);
try {
  const compared = parts.includes('compare');
  for (const peer of compared ? chosen : [atelier]) {
    for (const row of await packAll(peer, bench)) add(row);
    for (const link of compared ? links : ['fast'])
      for (const name of compared ? cases : (['empty→v1', 'v1→v2'] as const)) {
        const row = await fetchOnce(peer, name, link, { ...bench, limitSeconds: enough(name, link) }, web);
        if (row) add(row);
      }
  }
  if (parts.includes('own')) notes.push(...(await measureOurOwn(bench, web.port)));
  keep();
  if (parts.includes('growth')) {
    notes.push(...(await growthBySize(bench, web)));
    keep();
    notes.push(...(await growthByVersions(bench, web)));
  }
} finally {
  keep();
  rsync.stop();
  await web.stop();
  rmSync(join(folder, 'bench'), { recursive: true, force: true });
}
console.log(`\n${machine}\n\n${verdictTable(rows)}\n\n${measuredTable(rows)}\n`);
for (const [what, value] of notes) console.log(`| ${what} | ${value} |`);
