// The broker's relay beside HAProxy's rdp-cookie mode, whole sign-ins, and decisions, on loopback, clients and targets on the same cores:
//   node bench/broker/run.ts [--rounds 3] [--seconds 3] [--people 500] [--parts memory,set-ups,echo,bulk,sign-in,decide]
// Prints Markdown. Needs Debian's haproxy. Everything that it starts ends with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrokerStand, brokerStand } from './load/broker-stand.ts';
import { measureRelay, memoryPerSession, type RelayFigures, type RelayWork } from './load/measure-relay.ts';
import { measureSignIns } from './load/measure-sign-ins.ts';

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    people: { type: 'string', default: '500' },
    parts: { type: 'string', default: 'memory,set-ups,echo,bulk,sign-in,decide' },
  },
});
const parts = new Set(given.parts.split(','));
const size = { rounds: Number(given.rounds), seconds: Number(given.seconds) };
const people = Number(given.people);
const say = (line = '') => process.stdout.write(`${line}\n`);
const load = () => loadavg()[0]!.toFixed(1);

/** What is measured of relays: how a rate is written, what of a set-up or a second the processor's time is told for, and what is compared. */
interface RelayRow {
  readonly title: string;
  readonly work: RelayWork;
  readonly rate: (figures: RelayFigures) => string;
  readonly compared: 'perSecond' | 'p50';
}

const perSecond = (figures: RelayFigures) => `${figures.perSecond.toFixed(0)}/s`;
const gigabits = (figures: RelayFigures) => `${((figures.perSecond * 8) / 1e9).toFixed(2)} Gbit/s`;
const relayRows: readonly RelayRow[] = [
  { title: 'set-ups, 64 at once', work: { work: 'set-ups', atOnce: 64 }, rate: perSecond, compared: 'perSecond' },
  { title: 'set-ups, one at a time', work: { work: 'set-ups', atOnce: 1 }, rate: perSecond, compared: 'p50' },
  { title: 'echo of one byte', work: { work: 'echo', atOnce: 1 }, rate: perSecond, compared: 'p50' },
  { title: 'bulk, 1 stream', work: { work: 'bulk', atOnce: 1 }, rate: gigabits, compared: 'perSecond' },
  { title: 'bulk, 16 streams', work: { work: 'bulk', atOnce: 16 }, rate: gigabits, compared: 'perSecond' },
];

async function relay(stand: BrokerStand): Promise<void> {
  say(
    '| relay | door | rate | p50 / p99 ms | of HAProxy | CPU of the door (broker + PostgreSQL) | of HAProxy | load |',
  );
  say('|---|---|---|---|---|---|---|---|');
  for (const { title, work, rate, compared } of relayRows.filter((one) => parts.has(one.work.work))) {
    const found = await measureRelay(stand, work, size);
    const haproxy = found.get('HAProxy')!;
    for (const [name, figures] of found) {
      const times = work.work === 'bulk' ? '' : `${figures.p50.toFixed(3)} / ${figures.p99.toFixed(3)}`;
      const setUps = work.work === 'set-ups';
      const total = (cpu: readonly number[]) => cpu.reduce((sum, one) => sum + one, 0);
      const cpu = figures.cpu.map((one) => (setUps ? one * 1000 : one).toFixed(setUps ? 3 : 2)).join(' + ');
      const ours = name === 'ours';
      const cells = [
        title,
        name,
        rate(figures),
        times,
        ours ? `${(figures[compared] / haproxy[compared]).toFixed(2)} ×` : '',
        cpu && `${cpu} ${setUps ? 'ms each' : 'cores'}`,
        ours ? `${(total(figures.cpu) / total(haproxy.cpu)).toFixed(1)} ×` : '',
        load(),
      ];
      say(`| ${cells.join(' | ')} |`);
    }
  }
}

async function memory(stand: BrokerStand): Promise<void> {
  const sessions = 1000;
  say(`\n| memory of each of ${sessions} idle sessions | KiB (PSS) |\n|---|---|`);
  for (const door of stand.doors)
    if (door.name !== 'direct')
      say(`| ${door.name} | ${((await memoryPerSession(stand, door, sessions)) / 1024).toFixed(1)} |`);
}

async function signIns(stand: BrokerStand): Promise<void> {
  say(
    '\n| sign-ins to redirection, 32 at once | processes | per second | p50 / p99 ms | CPU ms each: broker + PostgreSQL | so two cores alone do | load |',
  );
  say('|---|---|---|---|---|---|---|');
  let next = 0;
  const some = (count: number) =>
    Array.from({ length: count }, () => ({ name: `person${next++}`, password: stand.password }));
  const atOnce = 32;
  const tickets = (list: ReturnType<typeof some>) => stand.tickets(list.map(({ name }) => name));
  await measureSignIns(stand, some(100), { processes: 2, atOnce });
  for (const [by, credentials] of [
    ['one-time ticket', tickets],
    ['password whose NT hash is kept', async (list: ReturnType<typeof some>) => list],
  ] as const)
    for (const processes of [1, 2] as const) {
      const found = await measureSignIns(stand, await credentials(some(people)), { processes, atOnce });
      const cpu = found.brokerMs + found.databaseMs;
      const cells = [
        by,
        processes,
        found.perSecond.toFixed(0),
        `${found.p50.toFixed(0)} / ${found.p99.toFixed(0)}`,
        `${found.brokerMs.toFixed(2)} + ${found.databaseMs.toFixed(2)}`,
        `${(2000 / cpu).toFixed(0)}/s`,
        load(),
      ];
      say(`| ${cells.join(' | ')} |`);
    }
}

say(`Node ${process.version}, ${cpus().length} × ${cpus()[0]!.model}, load ${load()} at the start\n`);
if ([...parts].some((one) => one !== 'decide')) {
  const stand = await brokerStand(100 + people * 4);
  try {
    if (parts.has('memory')) await memory(stand);
    if (relayRows.some((one) => parts.has(one.work.work))) await relay(stand);
    if (parts.has('sign-in')) await signIns(stand);
  } finally {
    await stand.stop();
  }
}
if (parts.has('decide')) {
  say();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'decide.ts'), '--seconds', '3'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`decide.ts ended with ${code}`);
}
