import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BrokerChain,
  createChain,
  createDecision,
  loadPlugIns,
  type PlugInStatus,
} from '@atelier/adapters/broker-plug-ins';
import {
  createMemoryStore,
  memoryProvider,
  sampleConnection,
  sampleTarget,
} from '@atelier/plugin-kit/broker/conformance';
import { afterAll, beforeAll, expect, it } from 'vitest';

// Every stage with every way to go wrong, in a thread and in a process of Node's own: the decision is made without the plug-in, within its time and a second,
// and another one that is made meanwhile is not delayed.

const budgetMs = 200;
const stages = ['filterTargets', 'getMostSuitableTarget', 'queryEnvironmentForTarget', 'prepareTargetForConnect'];
const ways = ['throw', 'nonsense', 'hang', 'loop', 'exit', 'hoard', 'print', 'flood'];
const misbehave = `const misbehave = async (how, log) => {
  if (how === 'throw') throw new Error('not today');
  if (how === 'nonsense') return { targetName: 17, reason: [], endpoints: 'x', name: {} };
  if (how === 'hang') await new Promise(() => {});
  if (how === 'loop') for (;;);
  if (how === 'exit') process.exit(3);
  if (how === 'hoard') { const all = []; for (;;) all.push(new Array(10000).fill(Math.random())); }
  if (how === 'print') for (;;) { process.stdout.write('x'.repeat(10000) + '\\n'); await new Promise(setImmediate); }
  if (how === 'flood') for (;;) { for (let n = 0; n < 2000; n++) log('again'); await new Promise(setImmediate); }
};`;
const thread = (stage: string, how: string) => `${misbehave}
let broker;
export const createPlugin = () => ({ initialize(given) { broker = given; }, ${stage}: () => misbehave('${how}', (text) => broker.log('info', text)) });`;
const child = (stage: string, how: string) => `import { createInterface } from 'node:readline';
${misbehave}
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method } = JSON.parse(line);
  try {
    const result = method === 'initialize' ? { methods: ['${stage}'] } : method === '${stage}' ? await misbehave('${how}', (text) => send({ method: 'log', params: ['info', text] })) : true;
    if (id !== undefined) send({ id, result: result ?? null });
  } catch (error) { send({ id, error: { code: -32603, message: error.message } }); }
});`;

let root: string;
const host = sampleTarget('h1');
const store = createMemoryStore([host]);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-plug-in-abuse-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function chainWith(stage: string, how: string, runs: 'worker' | 'child'): Promise<BrokerChain> {
  const folder = join(root, `${stage}-${how}-${runs}`);
  const place = join(folder, 'odd');
  await mkdir(place, { recursive: true, mode: 0o755 });
  const how2 =
    runs === 'worker'
      ? { runs, main: 'main.mjs', memoryLimit: 32 }
      : { runs, command: [process.execPath, '--max-old-space-size=32', './main.mjs'] };
  const budgets = Object.fromEntries(
    ['filter', 'load-balancing', 'placement', 'orchestration'].map((one) => [one, budgetMs]),
  );
  const manifest = {
    kind: 'broker',
    name: 'odd',
    apiVersion: '1.0',
    enabled: true,
    collections: ['office'],
    budgets,
    ...how2,
  };
  await writeFile(join(place, 'plugin.json'), JSON.stringify(manifest), { mode: 0o644 });
  await writeFile(join(place, 'main.mjs'), (runs === 'worker' ? thread : child)(stage, how), { mode: 0o644 });
  const { plugIns } = await loadPlugIns({ folder, providerFor: ({ provider }) => memoryProvider(store, provider) });
  return createChain({
    plugIns,
    builtIn: {
      name: 'atelier',
      getMostSuitableTarget: () => ({ targetName: 'h1', isNewConnection: true }),
      queryEnvironmentForTarget: () => ({ name: '', serverWeight: 100, properties: {} }),
      prepareTargetForConnect: (_, target) => ({ targetName: target.name, endpoints: target.endpoints }),
    },
    findTarget: async (name) => store.targets.get(name) ?? null,
  });
}

function decisionFor(collection: string) {
  const {
    disconnectedSession: _d,
    putContext: _p,
    getContext: _g,
    signal,
    ...request
  } = sampleConnection({ collection });
  const kept = {
    id: 'c1',
    name: collection,
    description: '',
    kind: 'session-hosts',
    redirectMode: 'token',
    targetSignIn: 'same-password',
    loadBalancing: 'least-connections',
    pendingPenalty: 1,
    pendingSeconds: 30,
    startSeconds: 60,
    enabled: true,
  } as const;
  return createDecision({
    request,
    collection: kept,
    isFirstAssignment: false,
    sink: { report: () => undefined },
    signal,
    liveSession: async () => null,
  });
}

/** All stages of one connection; milliseconds. */
async function decide(chain: BrokerChain, collection: string): Promise<number> {
  const begun = performance.now();
  const decision = decisionFor(collection);
  await chain.filterTargets(decision, [[host]]);
  const { targetName } = await chain.getMostSuitableTarget(decision);
  await chain.queryEnvironmentForTarget(decision, host);
  const { endpoints } = await chain.prepareTargetForConnect(decision, host);
  expect([targetName, endpoints.length]).toEqual(['h1', 1]);
  return performance.now() - begun;
}

it.each(['worker', 'child'] as const)(
  'a %s that goes wrong in any way at any stage costs its time and a second at most, and others nothing',
  async (runs) => {
    const told: string[] = [];
    for (const stage of stages)
      for (const how of ways) {
        const chain = await chainWith(stage, how, runs);
        const say = (what: string, status: PlugInStatus | undefined) =>
          told.push(`${stage} ${how}: ${what} ${JSON.stringify(status)}`);
        try {
          const [took, elsewhere] = await Promise.all([decide(chain, 'office'), decide(chain, 'elsewhere')]);
          const [status] = chain.statuses();
          if (took > budgetMs + 1000) say(`took ${took} ms`, status);
          if (elsewhere > 500) say(`others took ${elsewhere} ms`, status);
          if ((status?.failures ?? 0) === 0) say('is no failure', status);
        } finally {
          await chain.stop();
        }
      }
    expect(told).toEqual([]);
  },
  120_000,
);
