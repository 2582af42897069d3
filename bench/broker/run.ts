// The broker's relay beside HAProxy's rdp-cookie mode, whole sign-ins, and decisions, on loopback, clients and targets on the same cores:
//   node bench/broker/run.ts [--rounds 3] [--seconds 3] [--people 500] [--parts memory,set-ups,echo,bulk,sign-in,decide]
// Prints Markdown. Needs Debian's haproxy. Everything that it starts ends with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrokerStand, brokerStand } from './load/broker-stand.ts';
import { measureRelay, memoryPerSession, type RelayFigures, type RelayWork, warmUp } from './load/measure-relay.ts';
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

/** What is measured of relays, how that is written, and what of it is compared. */
interface RelayRow {
  readonly title: string;
  readonly work: RelayWork;
  readonly shown: (figures: RelayFigures) => string;
  readonly compared: 'perSecond' | 'p50';
}

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const perSecond = ({ perSecond: rate, failed }: RelayFigures) =>
  `${number.format(rate)}/s${failed > 0 ? `, ${failed} failed` : ''}`;
const gigabits = (figures: RelayFigures) => `${((figures.perSecond * 8) / 1e9).toFixed(1)} Gbit/s`;
const half = ({ p50, failed }: RelayFigures) => `${p50.toFixed(2)} ms${failed > 0 ? `, ${failed} failed` : ''}`;
const both = ({ p50, p99 }: RelayFigures) => `${p50.toFixed(3)} / ${p99.toFixed(3)} ms`;
const relayRows: readonly RelayRow[] = [
  {
    title: 'set-ups, 64 at once',
    work: { work: 'set-ups', atOnce: 64 },
    shown: perSecond,
    compared: 'perSecond',
  },
  { title: 'set-ups, one at a time, p50', work: { work: 'set-ups', atOnce: 1 }, shown: half, compared: 'p50' },
  { title: 'echo of one byte, p50 / p99', work: { work: 'echo', atOnce: 1 }, shown: both, compared: 'p50' },
  { title: 'bulk, 1 stream', work: { work: 'bulk', atOnce: 1 }, shown: gigabits, compared: 'perSecond' },
  { title: 'bulk, 16 streams', work: { work: 'bulk', atOnce: 16 }, shown: gigabits, compared: 'perSecond' },
];
const total = (cpu: readonly number[]) => cpu.reduce((sum, one) => sum + one, 0);

/** What stands against what is wanted in the end. */
const reached: string[] = [];

async function relay(stand: BrokerStand): Promise<void> {
  await warmUp(stand);
  say('| relay | direct | HAProxy | ours | ours of HAProxy | CPU, HAProxy | CPU, ours | load |');
  say('|---|---|---|---|---|---|---|---|');
  for (const { title, work, shown, compared } of relayRows.filter((one) => parts.has(one.work.work))) {
    const found = await measureRelay(stand, work, size);
    const [direct, haproxy, ours] = [found.get('direct')!, found.get('HAProxy')!, found.get('ours')!];
    const setUps = work.work === 'set-ups';
    const cpu = (figures: RelayFigures) =>
      setUps
        ? `${figures.cpu.map((one) => (one * 1000).toFixed(3)).join(' + ')} ms each`
        : `${total(figures.cpu).toFixed(2)} cores`;
    const ratio = ours[compared] / haproxy[compared];
    const cells = [title, shown(direct), shown(haproxy), shown(ours), `${ratio.toFixed(2)} ×`, cpu(haproxy), cpu(ours)];
    say(`| ${[...cells, load()].join(' | ')} |`);
    if (compared === 'p50') continue;
    const byCpu = setUps ? `; by CPU ${(total(haproxy.cpu) / total(ours.cpu)).toFixed(2)}` : '';
    const [floor, goal] = setUps ? [0.5, 1] : [0.7, 1];
    const verdict = ratio >= goal ? 'goal' : ratio >= floor ? 'floor' : 'missed';
    reached.push(`| ${title}, of HAProxy's | ${ratio.toFixed(2)}${byCpu} | ${floor} | ${goal} | ${verdict} |`);
  }
}

async function memory(stand: BrokerStand): Promise<void> {
  const sessions = 1000;
  const held: string[] = [];
  for (const door of stand.doors)
    if (door.name !== 'direct')
      held.push(`${door.name} ${((await memoryPerSession(stand, door, sessions)) / 1024).toFixed(1)} KiB`);
  say(`Each of ${number.format(sessions)} idle relayed sessions holds (PSS): ${held.join(', ')}.\n`);
}

async function signIns(stand: BrokerStand): Promise<void> {
  say(
    '\n| sign-ins, 32 at once | processes | per second | p50 / p99 ms | CPU ms each | so two cores alone would do | load |',
  );
  say('|---|---|---|---|---|---|---|');
  let next = 0;
  const some = (count: number) =>
    Array.from({ length: count }, () => ({ name: `person${next++}`, password: stand.password }));
  const atOnce = 32;
  const tickets = (list: ReturnType<typeof some>) => stand.tickets(list.map(({ name }) => name));
  const passwords = async (list: ReturnType<typeof some>) => list;
  // As brokers are that have run for a while: their code is compiled, and PostgreSQL knows what it is asked.
  await measureSignIns(stand, some(people), { processes: 2, atOnce });
  await measureSignIns(stand, some(people), { processes: 2, atOnce, nla: true });
  for (const [by, credentials, nla] of [
    ['one-time ticket', tickets, false],
    ['password, NT hash kept', passwords, false],
    ['password by NLA (NTLM)', passwords, true],
  ] as const)
    for (const processes of [1, 2] as const) {
      const found = await measureSignIns(stand, await credentials(some(people)), { processes, atOnce, nla });
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

say(
  `Recorded on ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]!.model}, load ${load()} at the start.\n`,
);
if ([...parts].some((one) => one !== 'decide')) {
  const stand = await brokerStand(people * 8);
  try {
    if (parts.has('memory')) await memory(stand);
    if (relayRows.some((one) => parts.has(one.work.work))) await relay(stand);
    if (parts.has('sign-in')) await signIns(stand);
  } finally {
    await stand.stop();
  }
}
if (reached.length > 0) {
  say('\n| against what is wanted | reached | floor | goal | |\n|---|---|---|---|---|');
  for (const row of reached) say(row);
}
if (parts.has('decide')) {
  say();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'decide.ts'), '--seconds', '3'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`decide.ts ended with ${code}`);
}
