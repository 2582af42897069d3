// Measures the agent as a WS-Management server under wrk's load, and a command's way there and back. Needs wrk (Debian):
//   node bench/wsman/run.ts [--seconds 4] [--rounds 3] [--cases identify,get] [--parts load,shell,idle] [--record]
// Prints Markdown. `--record` keeps the figures as the baseline of later runs. The only steady figure is the server's CPU per request: the
// generator runs on the same machine. Every request carries Basic, is authorised and counted like any other.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Session } from '@atelier/adapters/winrm-client';
import { type AgentProcess, password, startAgentProcess, user } from '../../peers/agent/agent-process.ts';
import { caseTable, type Figures, restTable } from './figures.ts';
import { load, median, type Round } from './load.ts';
import { cpuMs, residentMiB, uniqueMiB } from './process-figures.ts';
import { type CaseName, caseNames, writeMessages } from './requests.ts';
import { measureService, serviceEnvironment } from './service.ts';
import { measureShell, type ShellFigures } from './shell.ts';

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    cases: { type: 'string', default: caseNames.join(',') },
    parts: { type: 'string', default: 'load,shell,idle' },
    record: { type: 'boolean', default: false },
  },
});
const parts = given.parts.split(',');
const cases = caseNames.filter((name) => given.cases.split(',').includes(name));
const baselineFile = join(import.meta.dirname, 'baseline.json');
const baseline = existsSync(baselineFile) ? (JSON.parse(readFileSync(baselineFile, 'utf8')) as Figures) : null;
const credentials = { kind: 'basic', user, password } as const;
const sessionTo = (agent: AgentProcess) => new Session({ url: agent.http, credentials, allowUnencrypted: true });

/** Rounds of all cases in turn, so that what else the machine does meets them all alike. The first, shorter one only warms up. */
async function measureLoad(agent: AgentProcess, folder: string): Promise<Partial<Record<CaseName, Round>>> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const target = { url: agent.http, authorization, pid: agent.child.pid! };
  const rounds = new Map<CaseName, Round[]>(cases.map((name) => [name, []]));
  for (const name of cases) await load(target, name, folder, 2);
  for (let n = 0; n < Number(given.rounds); n++)
    for (const name of cases) rounds.get(name)!.push(await load(target, name, folder, Number(given.seconds)));
  return Object.fromEntries([...rounds].map(([name, all]) => [name, median(all)]));
}

/** Has an agent load all that it loads late. */
async function touch(agent: AgentProcess): Promise<void> {
  const session = sessionTo(agent);
  await session.identify();
  const shell = await session.shell();
  await shell.run('true');
  await shell.close();
  session.close();
}

/** An agent that ran one command and was then left alone. */
async function measureIdle(agent: AgentProcess): Promise<Pick<Figures, 'memoryIdle' | 'memoryUnique' | 'idleCpu'>> {
  await touch(agent);
  // Garbage of the work is collected once, when the work is over.
  await sleep(12_000);
  const seconds = 20;
  const before = cpuMs(agent.child.pid!);
  await sleep(seconds * 1000);
  return {
    idleCpu: (cpuMs(agent.child.pid!) - before) / seconds,
    memoryIdle: residentMiB(agent.child.pid!),
    memoryUnique: uniqueMiB(agent.child.pid!),
  };
}

/** What is held right after all the work, and when it has been over for a while. */
async function measureAfter(agent: AgentProcess): Promise<Pick<Figures, 'memoryAfter' | 'memoryRested'>> {
  const memoryAfter = residentMiB(agent.child.pid!);
  await sleep(15_000);
  return { memoryAfter, memoryRested: residentMiB(agent.child.pid!) };
}

const folder = await mkdtemp(join(tmpdir(), 'atelier-bench-wsman-'));
// As its service runs it: the same options of Node, and a cache of compiled code that an earlier start has filled.
Object.assign(process.env, serviceEnvironment);
process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
const wishes = { things: true, MaxEnvelopeSizekb: 2048 };
const service = parts.includes('idle') ? await measureService(join(folder, 'compiled')) : { resident: 0, unique: 0 };
const first = await startAgentProcess(undefined, wishes);
await touch(first);
await first.stop();
const agent = await startAgentProcess(undefined, wishes);
try {
  await writeMessages(folder);
  const rest = parts.includes('idle') ? await measureIdle(agent) : { memoryIdle: 0, memoryUnique: 0, idleCpu: 0 };
  let shell: ShellFigures | null = null;
  if (parts.includes('shell')) {
    const session = sessionTo(agent);
    shell = await measureShell(session, agent.child.pid!);
    session.close();
  }
  const measured = parts.includes('load') ? await measureLoad(agent, folder) : {};
  const figures: Figures = {
    machine: `${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`,
    load: loadavg()[0]!,
    cases: measured,
    shell,
    ...rest,
    memoryService: service.resident,
    memoryServiceUnique: service.unique,
    ...(await measureAfter(agent)),
  };
  console.log(`${figures.machine}; load of the machine at the end ${figures.load.toFixed(1)}\n`);
  console.log(`${caseTable(figures, baseline)}\n\n${restTable(figures, baseline)}`);
  if (given.record) writeFileSync(baselineFile, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  await agent.stop();
  await rm(folder, { recursive: true, force: true });
}
