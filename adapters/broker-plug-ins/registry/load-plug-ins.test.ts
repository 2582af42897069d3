import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provider } from '@atelier/plugin-kit/broker';
import { createMemoryStore, memoryProvider, sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChain } from '../create-chain.ts';
import { sampleBuiltIn, sampleDecision } from '../testing/sample-decision.ts';
import { checkPlugInFolder } from './check-plug-in.ts';
import { loadPlugIns } from './load-plug-ins.ts';

const kit = join(import.meta.dirname, '../../../plugin-kit/broker');
let root: string;

const store = createMemoryStore([sampleTarget('h1'), sampleTarget('h2')]);
const load = (folder: string, announce?: Parameters<typeof loadPlugIns>[0]['announce']) =>
  loadPlugIns({
    folder,
    providerFor: ({ provider, settings }) => memoryProvider(store, provider, settings as Provider['settings']),
    announce,
  });

/** A folder with copies that nobody else may write, whatever the checkout's modes are. */
async function copies(name: string, from: readonly string[]): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { mode: 0o755 });
  for (const one of from) {
    const to = join(folder, one.replaceAll('/', '-'));
    await cp(join(kit, one), to, { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
    await chmod(to, 0o755);
  }
  return folder;
}

const manifest = (said: object) => ({
  kind: 'broker',
  name: 'odd',
  apiVersion: '1.0',
  enabled: true,
  runs: 'worker',
  main: 'x.ts',
  ...said,
});

async function written(name: string, said: object | string, module = ''): Promise<string> {
  const folder = join(root, 'written', name);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeFile(join(folder, 'plugin.json'), typeof said === 'string' ? said : JSON.stringify(manifest(said)));
  await writeFile(join(folder, 'x.ts'), module);
  return folder;
}

describe('plug-ins in a folder', () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'atelier-broker-plug-ins-'));
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('are loaded, each in its thread, and decide', async () => {
    const folder = await copies('good', ['template', 'examples/calendar-and-site']);
    const { plugIns, problems } = await load(folder, ({ name }) =>
      name === 'least-busy' ? { priority: 70, budgets: undefined } : {},
    );
    expect(problems).toEqual([]);
    const chain = createChain({
      plugIns,
      builtIn: sampleBuiltIn(),
      findTarget: async (name) => store.targets.get(name) ?? null,
    });
    try {
      expect(chain.statuses().map((one) => [one.name, one.priority, one.state, one.stages])).toEqual([
        ['least-busy', 70, 'ready', ['filter', 'load-balancing']],
        ['calendar-and-site', 50, 'ready', ['filter', 'load-balancing']],
      ]);
      const decision = sampleDecision();
      expect((await chain.getMostSuitableTarget(decision)).targetName).toBe('h1');
      expect(decision.trace.finish('h1').steps.map((one) => `${one.by} ${one.outcome}`)).toEqual([
        'calendar-and-site passed',
        'atelier chose',
        'least-busy chose',
      ]);
      expect(store.log).toEqual(['info CORP\\carol goes to h1']);
      expect(chain.reset('least-busy')).toBe(true);
      await expect.poll(() => chain.statuses()[0]).toMatchObject({ state: 'ready', restarts: 1 });
    } finally {
      await chain.stop();
    }
    expect(chain.statuses().map((one) => one.state)).toEqual(['stopped', 'stopped']);
  });

  it('of the older shape are silenced by their first failure, until they are reset', async () => {
    const folder = join(root, 'older');
    await mkdir(join(folder, 'old'), { recursive: true, mode: 0o755 });
    await writeFile(join(folder, 'old', 'plugin.json'), JSON.stringify(manifest({ name: 'old' })));
    // The first answer in each thread is good, the second one is a failure.
    const module = `let asked = 0;
      export const createPolicyPlugin = () => ({
        initialize: () => 0,
        getMostSuitableServer: () => { asked += 1; if (asked === 2) throw new Error('E_FAIL'); return 2; },
      });`;
    await writeFile(join(folder, 'old', 'x.ts'), module);
    const { plugIns } = await load(folder);
    const findTarget = async (name: string) => store.targets.get(name) ?? null;
    const chain = createChain({ plugIns, builtIn: sampleBuiltIn(), findTarget });
    const decide = async () => (await chain.getMostSuitableTarget(sampleDecision())).targetName;
    try {
      expect([await decide(), await decide(), await decide()]).toEqual(['h2', 'h1', 'h1']);
      expect(store.log.join('\n')).toMatch(/is not asked any more until it is reset: E_FAIL/);
      chain.reset('old');
      await expect.poll(() => chain.statuses()[0]?.state).toBe('ready');
      expect(await decide()).toBe('h2');
    } finally {
      await chain.stop();
    }
  });

  it('that are disabled, by themselves or by the administrator, are not started', async () => {
    const folder = await copies('disabled', ['template']);
    const { plugIns, registrations } = await load(folder, () => ({ enabled: false }));
    expect([plugIns, registrations.map((one) => one.name)]).toEqual([[], ['calendar', 'least-busy']]);
  });

  it('come with the broker, too, once they are enabled', async () => {
    const settings = { calendars: {} };
    const { plugIns, problems } = await load(join(root, 'nowhere'), () => ({ enabled: true, priority: 3, settings }));
    expect(problems).toEqual([]);
    expect(plugIns.map((one) => [one.plugin.name, one.runs, one.priority])).toEqual([['calendar', 'in-process', 3]]);
    const wrong = await load(join(root, 'nowhere'), () => ({ enabled: true, settings: {} }));
    expect(wrong.problems).toMatchObject([
      {
        source: 'calendar',
        plugIn: 'calendar',
        fix: expect.stringMatching(/settings/),
        error: { message: expect.stringMatching(/calendars/) },
      },
    ]);
  });

  it('that cannot be loaded harm nobody, also when they end while others are announced', async () => {
    const folder = join(root, 'ends');
    await mkdir(join(folder, 'a-bad'), { recursive: true, mode: 0o755 });
    await writeFile(join(folder, 'a-bad', 'plugin.json'), JSON.stringify(manifest({ name: 'a-bad' })));
    await writeFile(join(folder, 'a-bad', 'x.ts'), 'this is no module');
    await mkdir(join(folder, 'b-late'), { mode: 0o755 });
    await writeFile(
      join(folder, 'b-late', 'plugin.json'),
      JSON.stringify(manifest({ name: 'b-late', enabled: false })),
    );
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const { plugIns } = await loadPlugIns({
      folder,
      providerFor: ({ provider }) => ({ ...memoryProvider(store, provider, {}), log: () => end() }),
      announce: async ({ name }) => {
        // The first one has ended by now; vitest fails on a rejection that nobody waits for.
        if (name === 'b-late') await ended;
        return {};
      },
    });
    expect(plugIns.map((one) => [one.plugin.name, one.isolation?.status().state])).toEqual([['a-bad', 'failed']]);
    await Promise.all(plugIns.map((one) => one.isolation?.stop()));
  });

  it('that hang as they start delay nobody; without one that must not be left out nobody is connected', async () => {
    const place = join(root, 'hanging');
    const hangs = `export const createPlugin = () => ({ initialize: () => new Promise(() => {}), filterTargets: () => [] });`;
    for (const [name, onFailure] of [
      ['may', 'continue'],
      ['must', 'fail-connection'],
    ] as const) {
      await mkdir(join(place, name), { recursive: true, mode: 0o755 });
      const said = manifest({ name, onFailure, budgets: { 'load-balancing': 60 } });
      await writeFile(join(place, name, 'plugin.json'), JSON.stringify(said));
      await writeFile(join(place, name, 'x.ts'), hangs);
    }
    const begun = performance.now();
    const { plugIns } = await loadPlugIns({
      folder: place,
      patienceMs: 50,
      providerFor: ({ provider }) => memoryProvider(store, provider, {}),
    });
    expect(performance.now() - begun).toBeLessThan(2000);
    const chainOf = (some: typeof plugIns) =>
      createChain({ plugIns: some, builtIn: sampleBuiltIn(), findTarget: async () => null });
    const [may, must] = plugIns.map((one) => chainOf([one])) as [
      ReturnType<typeof chainOf>,
      ReturnType<typeof chainOf>,
    ];
    try {
      expect(must.statuses()).toMatchObject([{ name: 'must', state: 'starting', offers: [] }]);
      await may.awaitRequired(sampleDecision());
      const decision = sampleDecision();
      await expect(must.awaitRequired(decision)).rejects.toMatchObject({ code: 'cannot-connect' });
      expect(decision.trace.finish(null).steps).toMatchObject([
        { by: 'must', outcome: 'unavailable', detail: expect.stringMatching(/is starting/) },
      ]);
    } finally {
      await Promise.all(plugIns.map((one) => one.isolation?.stop()));
    }
  }, 20_000);

  it('need a folder that others cannot write', async () => {
    const folder = await copies('writable', ['template']);
    await chmod(join(folder, 'template', 'least-busy.ts'), 0o666);
    expect((await load(folder)).problems[0]?.error.message).toMatch(/can be written by others/);
    const linked = await copies('linked', ['template']);
    await symlink('/etc/passwd', join(linked, 'template', 'more.ts'));
    expect((await load(linked)).problems[0]?.error.message).toMatch(/neither file nor folder/);
    expect(await load(join(root, 'nowhere'))).toMatchObject({ plugIns: [], problems: [] });
    await writeFile(join(root, 'no-folder'), '');
    expect(await load(join(root, 'no-folder'))).toMatchObject({ problems: [{ source: join(root, 'no-folder') }] });
    await written('../named/one', { name: 'one', apiVersion: '7.0' });
    expect((await load(join(root, 'named'))).problems).toMatchObject([
      { plugIn: 'one', fix: expect.stringMatching(/update the broker/) },
    ]);
  });

  it.each<[string, object | string, RegExp]>([
    ['no JSON', '{', /is no JSON/],
    ['a strange key', { prioriti: 1 }, /prioriti/],
    ['a later interface', { apiVersion: '1.9' }, /does not run/],
    ['another interface', { apiVersion: '2.0' }, /does not run/],
    ['a bad name', { name: 'Two Words' }, /is no name/],
    ['a module elsewhere', { main: '../../x.ts' }, /must be a file in/],
    ['an unknown stage', { budgets: { lb: 5 } }, /budgets/],
    ['no way to run', { runs: 'somewhere' }, /runs/],
  ])('with %s are refused', async (name, said, complaint) => {
    const folder = await written(`bad-${name.replaceAll(' ', '-')}`, said);
    const findings = await checkPlugInFolder(folder);
    expect(findings.map((one) => `${one.severity} ${one.message}`).join('\n')).toMatch(complaint);
  });

  it('are checked as they will run', async () => {
    const folder = await copies('checked', ['template', 'examples/calendar-and-site', 'examples/wake-physical-pcs']);
    for (const one of ['template', 'examples-calendar-and-site', 'examples-wake-physical-pcs'])
      expect([one, await checkPlugInFolder(join(folder, one))]).toEqual([one, []]);
    const throwing = `export const createPlugin = () => ({ getMostSuitableTarget() { throw new Error('oh'); } });`;
    expect(await checkPlugInFolder(await written('throws', { name: 'throws' }, throwing))).toEqual([
      { severity: 'error', stage: 'load-balancing', message: 'throws: oh' },
    ]);
    const old = `export const createPolicyPlugin = () => ({ initialize: () => 0, getMostSuitableServer: (...given) => given[4] });`;
    expect(await checkPlugInFolder(await written('old', { name: 'old' }, old))).toEqual([]);
    expect(await checkPlugInFolder(await written('none', { name: 'none' }, 'export const x = 1;'))).toMatchObject([
      { severity: 'error', message: expect.stringMatching(/exports neither createPlugin nor/) },
    ]);
  });
});
