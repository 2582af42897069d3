import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkBrokerPlugin,
  checkWork,
  createMemoryStore,
  memoryProvider,
  memoryTasks,
  runJob,
  sampleTarget,
  taskBench,
} from '../../conformance/index.ts';
import { createPlugin } from './inventory-pcs.ts';
import { nightAfter } from './nights.ts';
import { readInventory } from './read-inventory.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-inventory-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const list = async (text: string): Promise<string> => {
  const file = join(folder, `${crypto.randomUUID()}.csv`);
  await writeFile(file, text);
  return file;
};

describe('the list of computers', () => {
  it('is read by its columns; the file that comes with it is one', async () => {
    const rows = await readInventory(await list('# a list\nname, address ,site,mac\n\nPC-1,10.0.0.1,,aa\r\n'));
    const row = { name: 'PC-1', address: '10.0.0.1', port: 3389, environment: '', properties: { mac: 'aa' } };
    expect([...rows]).toEqual([['pc-1', row]]);
    const shipped = await readInventory(join(import.meta.dirname, 'pcs.csv'));
    expect([...shipped.keys()]).toEqual(['pc-1', 'pc-2', 'pc-3']);
    expect(shipped.get('pc-3')).toMatchObject({ environment: 'floor-3', properties: { site: 'berlin' } });
  });

  it.each([
    ['', /does not begin with the names of its columns/],
    ['pc-1,10.0.0.1\n', /does not begin with the names of its columns/],
    ['name,address\npc-1\n', /line 2 of .* is no computer/],
    ['name,address,port\npc-1,a,rdp\n', /line 2 of .* is no computer/],
    ['name,address\npc-1,a\nPC-1,b\n', /line 3 of .* names PC-1 again/],
  ])('%j is refused with the line', async (text, why) => {
    await expect(readInventory(await list(text))).rejects.toThrow(why);
  });

  it('is what jobs keep to', async () => {
    const file = await list('name,address,environment,mac\npc-1,10.0.0.1,floor,aa\n');
    const store = createMemoryStore();
    const plugin = createPlugin({ file });
    await plugin.initialize?.(memoryProvider(store));
    const made = await runJob(plugin, store, { what: 'create', vmNames: ['pc-1', 'pc-2'] });
    expect(made.outcome).toMatchObject({ state: 'failed', error: { detail: '1 of 2 machines failed: pc-2' } });
    expect(made.log).toContain(`pc-2: failed: pc-2 is not on the list ${file}`);
    expect(store.targets.get('pc-1')).toMatchObject({
      kind: 'physical-pc',
      state: 'stopped',
      environment: 'floor',
      endpoints: [{ address: '10.0.0.1', port: 3389 }],
      properties: { mac: 'aa' },
    });
    await writeFile(file, 'name,address,mac\npc-1,10.0.0.9,bb\n');
    expect((await runJob(plugin, store, { what: 'patch', vmNames: ['pc-1'] })).outcome.state).toBe('done');
    expect(store.targets.get('pc-1')).toMatchObject({
      endpoints: [{ address: '10.0.0.9' }],
      properties: { mac: 'bb' },
    });
    await writeFile(file, 'name,address\n');
    expect((await runJob(plugin, store, { what: 'delete', vmNames: ['pc-1'] })).outcome.state).toBe('done');
  });
});

it.each([
  ['2026-11-21T20:00:00', '2026-11-22T02:00:00', 'check-2026-11-22'],
  ['2026-11-21T01:59:00', '2026-11-21T02:00:00', 'check-2026-11-21'],
  ['2026-12-31T02:00:00', '2027-01-01T02:00:00', 'check-2027-01-01'],
])('the night after %s begins at %s', (moment, begins, name) => {
  const night = nightAfter(new Date(moment), '02:00', 4);
  expect([night.begins, night.name]).toEqual([new Date(begins), name]);
  expect(night.ends).toEqual(new Date(night.begins.getTime() + 4 * 3_600_000));
});

describe('the nightly check', () => {
  it('drains what does not answer, until it answers again, and leaves to people what they drained', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const there = [{ address: '127.0.0.1', port: (server.address() as AddressInfo).port }];
    const nowhere = [{ address: '127.0.0.1', port: 1 }];
    const pc = (name: string, said = {}) => sampleTarget(name, { provider: 'test', environment: 'floor', ...said });
    const store = createMemoryStore([
      pc('well', { endpoints: there }),
      pc('silent', { endpoints: nowhere }),
      pc('by-hand', { endpoints: there, drain: true }),
      pc('busy', { endpoints: nowhere, numSessions: 1 }),
      sampleTarget('of-others', { endpoints: nowhere }),
    ]);
    const plugin = createPlugin({ seconds: 0.1, atOnce: 2 });
    await plugin.initialize?.(memoryProvider(store));
    const tasks = memoryTasks(store);
    const bench = taskBench(plugin, tasks);
    await bench.open();
    const night = nightAfter(new Date(), '02:00', 4);
    expect(await bench.begin()).toEqual([]);
    expect(await bench.begin(night.begins)).toHaveLength(4);
    expect(await bench.idle(5000)).toBe(true);
    const ended = Object.fromEntries(
      tasks.all
        .filter((one) => one.identifier === night.name)
        .map((one) => [one.targetName, `${one.state}: ${one.detail}`]),
    );
    expect(ended).toEqual({
      well: 'done: it answers',
      silent: 'failed: it does not answer within 0.1 s: it takes nobody until it answers again',
      'by-hand': 'done: it answers',
      busy: 'done: somebody is on it',
    });
    expect(store.power).toEqual(['silent on']);
    const drained = (): readonly string[] =>
      [...store.targets.values()].filter((one) => one.drain).map((one) => one.name);
    expect(drained()).toEqual(['silent', 'by-hand']);
    // Done early, it is not done again that night.
    await expect.poll(() => tasks.all.filter((one) => one.state === 'planned').length).toBe(4);
    expect(tasks.due(night.begins)).toEqual([]);

    store.targets.set('silent', { ...store.targets.get('silent')!, endpoints: there });
    expect(await bench.begin(nightAfter(night.begins, '02:00', 4).begins)).toHaveLength(4);
    expect(await bench.idle(5000)).toBe(true);
    expect(drained()).toEqual(['by-hand']);
    expect(store.targets.get('silent')?.properties).toEqual({ check: expect.stringMatching(/^ended check-/) });
    expect(bench.complaints).toEqual([]);
    server.close();
  });

  it('is planned for a computer that is new, and again for one at which it was killed', async () => {
    const store = createMemoryStore([sampleTarget('pc', { provider: 'test', properties: { check: 'begun check-x' } })]);
    const plugin = createPlugin({});
    await plugin.initialize?.(memoryProvider(store));
    const tasks = memoryTasks(store);
    const bench = taskBench(plugin, tasks);
    await bench.open();
    expect(tasks.due(new Date()).map((one) => one.identifier)).toEqual(['check-x']);
    const fresh = sampleTarget('new', { provider: 'test' });
    store.targets.set('new', fresh);
    await plugin.notifyTargetChange?.(0x20, fresh);
    await plugin.notifyTargetChange?.(0x8, sampleTarget('of-others'));
    await plugin.notifyTargetChange?.(0x8, fresh);
    await expect.poll(() => tasks.all.map((one) => one.targetName)).toEqual(['pc', 'pc', 'new']);
  });
});

it('is fit by the kit: cancelled, killed after each of its writes, asked twice', async () => {
  const settings = { seconds: 0.1 };
  expect(await checkBrokerPlugin(createPlugin(settings))).toEqual([]);
  const found = await checkWork(
    async (provider) => {
      const plugin = createPlugin(settings);
      await plugin.initialize?.(provider);
      return { plugin };
    },
    { machines: ['pc-1', 'pc-2', 'pc-3'], patience: 3000 },
  );
  expect(found).toEqual([]);
});
