/**
 * What the broker's chain of plug-ins costs a decision: `node bench/broker/plug-ins.ts [decisions]`. Without a plug-in, with one in process, in a thread
 * and in a process (node); one decision at a time, then 16 at the same time. Prints Markdown; the goals are under 20 µs for the chain alone, and under
 * 2 ms for 99 of 100 decisions with a plug-in in a thread.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChainPlugIn, createChain, loadPlugIns } from '@atelier/adapters/broker-plug-ins';
import { createMemoryStore, memoryProvider, sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { registered, sampleBuiltIn, sampleDecision } from '../../adapters/broker-plug-ins/testing/sample-decision.ts';

const decisions = Number(process.argv[2] ?? 20_000);
const store = createMemoryStore([sampleTarget('h1'), sampleTarget('h2')]);
const folder = await mkdtemp(join(tmpdir(), 'atelier-bench-plug-ins-'));

const module = `export const createPlugin = () => ({ getMostSuitableTarget: () => ({ targetName: 'h2', isNewConnection: true }) });`;
const asksBelow = `export const createPlugin = () => ({ getMostSuitableTarget: (c, sink, next) => next() });`;
const child = `import { createInterface } from 'node:readline';
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const result = method === 'initialize' ? { methods: ['getMostSuitableTarget'] } : { targetName: 'h2', isNewConnection: true };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
});`;

/** Loads one plug-in as a broker does. */
async function loaded(name: string, text: string, runs: object): Promise<readonly ChainPlugIn[]> {
  const place = join(folder, name);
  await mkdir(join(place, name), { recursive: true, mode: 0o755 });
  await writeFile(join(place, name, 'main.mjs'), text);
  await writeFile(
    join(place, name, 'plugin.json'),
    JSON.stringify({ kind: 'broker', name, apiVersion: '1.0', enabled: true, ...runs }),
  );
  await chmod(place, 0o755);
  const { plugIns, problems } = await loadPlugIns({
    folder: place,
    providerFor: ({ provider }) => memoryProvider(store, provider),
  });
  if (problems[0]) throw problems[0].error;
  return plugIns;
}

const chainOf = (plugIns: readonly ChainPlugIn[]) =>
  createChain({
    plugIns,
    builtIn: sampleBuiltIn(),
    findTarget: async (name) => store.targets.get(name) ?? null,
  });

/** Microseconds of each decision. `together` decisions are under way at the same time. */
async function measure(decide: () => Promise<unknown>, count: number, together: number): Promise<Float64Array> {
  const took = new Float64Array(count);
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const at = next++;
      const begun = performance.now();
      await decide();
      took[at] = (performance.now() - begun) * 1000;
    }
  };
  await Promise.all(Array.from({ length: together }, one));
  return took.sort();
}

const row = (name: string, took: Float64Array): string => {
  const at = (share: number): string => took[Math.min(took.length - 1, Math.floor(took.length * share))]!.toFixed(1);
  const mean = took.reduce((sum, value) => sum + value, 0) / took.length;
  return `| ${name} | ${took.length} | ${mean.toFixed(1)} | ${at(0.5)} | ${at(0.99)} | ${at(0.999)} |`;
};

const builtIn = sampleBuiltIn();
const nobody = () => Promise.reject(new Error('nobody is below'));
const cases: readonly (readonly [string, readonly ChainPlugIn[]])[] = [
  [
    'one in process',
    [registered({ name: 'here', getMostSuitableTarget: () => ({ targetName: 'h2', isNewConnection: true }) })],
  ],
  ['one in a thread', await loaded('thread', module, { runs: 'worker', main: 'main.mjs' })],
  ['one in a thread, asks below', await loaded('below', asksBelow, { runs: 'worker', main: 'main.mjs' })],
  ['one in a process', await loaded('process', child, { runs: 'child', command: [process.execPath, './main.mjs'] })],
];

try {
  console.log(`Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}; microseconds\n`);
  console.log('| chain | decisions | mean | p50 | p99 | p99.9 |\n|---|---|---|---|---|---|');
  const bare = async () => {
    const { connection, sink } = sampleDecision();
    return await builtIn.getMostSuitableTarget(connection, sink, nobody);
  };
  const empty = chainOf([]);
  const through = () => empty.getMostSuitableTarget(sampleDecision());
  // The first rounds only warm up.
  for (const decide of [bare, through]) await measure(decide, decisions, 1);
  console.log(row("the broker's own step, no chain", await measure(bare, decisions, 1)));
  console.log(row('no plug-in', await measure(through, decisions, 1)));
  for (const [name, plugIns] of cases) {
    const chain = chainOf(plugIns);
    const decide = () => chain.getMostSuitableTarget(sampleDecision());
    await measure(decide, Math.min(2000, decisions), 1);
    console.log(row(`${name}, one at a time`, await measure(decide, decisions, 1)));
    console.log(row(`${name}, 16 at a time`, await measure(decide, decisions, 16)));
    const { failures, restarts, lastError } = chain.statuses()[0]!;
    if (failures + restarts > 0)
      throw new Error(`${name}: ${failures} failures, ${restarts} restarts: ${lastError?.message}`);
    await chain.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
