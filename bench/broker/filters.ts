/**
 * What a filter costs a decision among many targets: `node bench/broker/filters.ts [targets] [decisions]`, on a private PostgreSQL that is durable. Without
 * a filter, with one in a thread and one in a process; one decision after the other for people who come all the time, and 8 at once. Prints Markdown, with
 * the processor time of this process (with its plug-in) and of PostgreSQL; the goal is under 5 ms for 99 of 100 decisions among 10,000 targets with one filter in a thread.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ChainPlugIn,
  createChain,
  createDecision,
  decideTarget,
  directoryLoadBalancing,
  loadPlugIns,
} from '@atelier/adapters/broker-plug-ins';
import { newId, openDatabase } from '@atelier/adapters/postgres';
import { openSessionDirectory } from '@atelier/adapters/session-directory';
import { createMemoryStore, memoryProvider } from '@atelier/plugin-kit/broker/conformance';
import { sql } from 'kysely';
import { sampleBuiltIn } from '../../adapters/broker-plug-ins/testing/sample-decision.ts';
import { cpuSeconds } from './load/process-use.ts';

const targets = Number(process.argv[2] ?? 10_000);
const decisions = Number(process.argv[3] ?? 500);
const folder = await mkdtemp(join(tmpdir(), 'atelier-bench-filters-'));
const database = await openDatabase({ private: join(folder, 'db') });
const directory = openSessionDirectory(database);
const { db } = database;

const filter = `(all) => all.filter((one) => one.numSessions >= 900).map((one) => ({ targetName: one.name, reason: 'has 900 sessions' }))`;
const thread = `const filter = ${filter};
export const createPlugin = () => ({ filterTargets: (connection, candidates) => filter(candidates) });`;
/** Keeps the candidates that the broker sends, as the interface lets a process do since 1.1. */
const child = `import { createInterface } from 'node:readline';
const filter = ${filter};
const pages = new Map();
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  let result = null;
  if (method === 'initialize') result = { methods: ['filterTargets'], keepsCandidates: true };
  else if (method === '$/candidates') {
    const kept = params.targets ?? pages.get(params.from).slice();
    for (const [at, one] of params.changes ?? []) kept[at] = one;
    pages.set(params.page, kept);
  } else if (method === '$/forgetCandidates') for (const page of params.pages) pages.delete(page);
  else if (method === 'filterPages') result = params.pages.map(({ page, gone }) => {
    const all = pages.get(page);
    const removed = filter(all);
    return removed.length === 0 ? [] : [['has 900 sessions', removed.map((one) => all.findIndex((other) => other.name === one.targetName)).filter((at) => !gone.includes(at))]];
  });
  else if (method === 'filterTargets') result = filter(params.candidates);
  if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
});`;

async function loaded(name: string, text: string, runs: object): Promise<readonly ChainPlugIn[]> {
  const place = join(folder, name);
  await mkdir(join(place, name), { recursive: true, mode: 0o755 });
  await writeFile(join(place, name, 'main.mjs'), text);
  await writeFile(
    join(place, name, 'plugin.json'),
    JSON.stringify({ kind: 'broker', name, apiVersion: '1.0', enabled: true, budgets: { filter: 20_000 }, ...runs }),
  );
  await chmod(place, 0o755);
  const { plugIns } = await loadPlugIns({
    folder: place,
    providerFor: ({ provider }) => memoryProvider(createMemoryStore([]), provider),
  });
  return plugIns;
}

try {
  const collectionId = newId();
  await db.insertInto('broker_collection').values({ id: collectionId, name: 'farm', kind: 'session-hosts' }).execute();
  await sql`
    insert into broker_target (id, name, kind, collection_id, state, fqdn, endpoints, properties)
    select '0BB' || lpad(i::text, 23, '0'), 'host-' || i, 'session-host', ${collectionId}, 'running', 'host-' || i || '.example',
           '[{"address": "192.0.2.1", "port": 3389}]', '{"site": "berlin", "rack": 17}'
      from generate_series(1, ${targets}::int) i`.execute(db);
  const people = decisions * 8 + 1000;
  await sql`insert into people_user (id, name) select '0AA' || lpad(n::text, 23, '0'), 'user-' || n from generate_series(1, ${people}::int) n`.execute(
    db,
  );
  await sql`vacuum analyze`.execute(db);
  const collection = (await directory.collection('farm'))!;
  let next = 0;
  const decide = async (chain: ReturnType<typeof createChain>) => {
    const user = ++next;
    const decision = createDecision({
      request: {
        id: newId(),
        userId: `0AA${String(user).padStart(23, '0')}`,
        user: `user-${user}`,
        domain: '',
        groupIds: [],
        collection: 'farm',
        initialProgram: '',
        client: { name: 'desk', address: '192.0.2.7', build: 2600, tsvUrl: '', display: null },
        properties: {},
      },
      collection,
      isFirstAssignment: false,
      sink: { report: () => undefined },
      signal: new AbortController().signal,
      liveSession: async () => null,
    });
    await decideTarget(chain, directory, decision);
  };
  /** Processor seconds of this process with its threads and the plug-in's process, and of PostgreSQL. */
  const cpu = () => [cpuSeconds(process.pid), cpuSeconds(database.pid()!)];
  const measure = async (chain: ReturnType<typeof createChain>, together: number) => {
    const took: number[] = [];
    const before = cpu();
    let left = decisions;
    const work = async () => {
      while (left-- > 0) {
        const begun = performance.now();
        await decide(chain);
        took.push(performance.now() - begun);
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    const each = cpu().map((seconds, n) => (((seconds - before[n]!) * 1000) / took.length).toFixed(2));
    took.sort((a, b) => a - b);
    const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))]!.toFixed(2);
    return `${at(0.5)} | ${at(0.9)} | ${at(0.99)} | ${at(1)} | ${each.join(' + ')} | ${loadavg()[0]!.toFixed(1)}`;
  };
  console.log(
    `Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}; ${targets} targets\n`,
  );
  console.log('| filter | p50 ms | p90 ms | p99 ms | longest ms | CPU ms each | load |\n|---|---|---|---|---|---|---|');
  for (const [name, plugIns] of [
    ['none', []],
    ['in a thread', await loaded('thread', thread, { runs: 'worker', main: 'main.mjs' })],
    ['in a process', await loaded('process', child, { runs: 'child', command: [process.execPath, './main.mjs'] })],
  ] as const) {
    const chain = createChain({
      plugIns,
      builtIn: { ...sampleBuiltIn(), ...directoryLoadBalancing(directory) },
      findTarget: (target) => directory.target(target),
    });
    for (let n = 0; n < 20; n++) await decide(chain);
    console.log(`| ${name}, one after the other | ${await measure(chain, 1)} |`);
    console.log(`| ${name}, 8 at once | ${await measure(chain, 8)} |`);
    const [status] = chain.statuses();
    if (status && status.failures > 0)
      throw new Error(`${name}: ${status.failures} failures: ${status.lastError?.message}`);
    await chain.stop();
  }
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
