import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elementsOf, isWsmanFault, parseXml, textOf, writeXml } from '@atelier/wsman';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCimEngine } from '../cim-engine.ts';
import { testContext } from '../testing/sample-provider.ts';
import { PluginSet } from './plugin-set.ts';

const wild = `export const createProvider = () => ({
  name: 'Wild', namespace: 'root/wild',
  classes: [{ name: 'W_Thing', properties: [{ name: 'Id', type: 'uint64', key: true }],
    methods: ['Loop', 'Exit', 'Throw', 'Fine', 'Pid', 'Heap', 'Hoard'].map((name) => ({ name, returns: 'uint32', static: true, parameters: [] })) }],
  sources: { W_Thing: {
    list: function* () { for (let id = 0n; id < 250n; id++) yield { kind: 'instance', className: 'W_Thing', values: { Id: id + 9007199254740993n } }; },
    invoke: async (method) => {
      if (method === 'Loop') for (;;);
      if (method === 'Exit') process.exit(3);
      if (method === 'Heap') for (const all = []; ; ) all.push({ n: all.length, s: String(all.length) });
      if (method === 'Hoard') for (const all = []; ; await new Promise((resolve) => setTimeout(resolve, 5))) all.push(Buffer.alloc(8e6, 1));
      if (method === 'Throw') throw new Error('inner secret');
      return { ReturnValue: method === 'Pid' ? process.pid : 0 };
    },
  } },
});`;

const manifest = { kind: 'cim-provider', version: '1', module: 'index.mjs' };
let folder: string;
let plugins: PluginSet;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plugins-'));
  const add = (name: string, manifest: object, code: string): void => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'plugin.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, name, 'index.mjs'), code);
  };
  // The template is TypeScript whose imports are types only: it runs from anywhere.
  cpSync(join(import.meta.dirname, '../../../plugin-kit/template'), join(folder, 'coffee'), { recursive: true });
  add('wild', { ...manifest, name: 'Wild', timeLimit: 2000, memoryLimit: 32 }, wild);
  add('broken', { ...manifest, name: 'Broken' }, 'throw new Error("cannot load");');
  add('empty', { ...manifest, name: 'Empty' }, 'export const other = 1;');
  add('escaping', { ...manifest, name: 'Escaping', module: '../wild/index.mjs' }, '');
  add('misspelt', { ...manifest, nam: 'x' }, '');
  plugins = new PluginSet(folder);
  await plugins.reload();
}, 60_000);

afterAll(async () => {
  await plugins.stop();
  rmSync(folder, { recursive: true, force: true });
});

const uri = (name: string) => `http://schemas.microsoft.com/wbem/wsman/1/wmi/root/${name}`;
const context = testContext();

describe('plug-ins', () => {
  it('are loaded but for those that cannot be, which do not keep the others from running', () => {
    expect(plugins.providers.map((one) => one.name)).toEqual(['Coffee machines', 'Wild']);
    const told = plugins.states
      .map((one) => (one.state === 'failed' ? `${one.folder.split('/').pop()}: ${one.error}` : ''))
      .join('\n');
    expect(told).toMatch(/broken: .*cannot load/);
    expect(told).toMatch(/empty: .*does not export createProvider/);
    expect(told).toMatch(/escaping: .*outside of its folder/);
    expect(told).toMatch(/misspelt: .*not valid/);
  });

  it('answer as if they were part of the agent', async () => {
    const engine = createCimEngine(plugins.providers);
    const machine = { resourceUri: uri('sample/Sample_CoffeeMachine'), selectors: [{ name: 'Name', value: 'Lobby' }] };
    const brewed = await engine.invoke(machine, 'Brew', parseXml('<Brew_INPUT><Cups>2</Cups></Brew_INPUT>'), context);
    expect(elementsOf(parseXml(writeXml(brewed))).map(textOf)).toEqual(['2', '0']);
    const one = parseXml(writeXml(await engine.get(machine, context)));
    expect(elementsOf(one).map(textOf)).toEqual(['2', '', 'lobby', 'true']);
    const request = {
      resourceUri: uri('wild/W_Thing'),
      selectors: [],
      filter: null,
      polymorphism: null,
      mode: 'object',
    } as const;
    const ids = (await Array.fromAsync(engine.enumerate(request, context))).map((item) =>
      textOf(parseXml(writeXml(item.item))),
    );
    expect([ids.length, ids[0], ids[249]]).toEqual([250, '9007199254740993', '9007199254741242']);
  });

  it('fail by a fault that names them, and start again', async () => {
    const engine = createCimEngine(plugins.providers);
    const call = async (method: string): Promise<string> => {
      try {
        return textOf(
          parseXml(
            writeXml(await engine.invoke({ resourceUri: uri('wild/W_Thing'), selectors: [] }, method, null, context)),
          ),
        );
      } catch (error) {
        if (!isWsmanFault(error)) throw error;
        expect(error.body).toMatchObject({ number: 1359, provider: 'Wild' });
        return error.message;
      }
    };
    expect(await call('Throw')).toBe('the plug-in Wild failed');
    const first = await call('Pid');
    expect(await call('Exit')).toMatch(/ended \(exit code 3\)/);
    await expect.poll(() => call('Fine'), { timeout: 10_000, interval: 50 }).toBe('0');
    expect(await call('Pid')).not.toBe(first);
    expect(await call('Loop')).toMatch(/Wild did not answer within 2000 ms and was ended/);
    await expect.poll(() => call('Fine'), { timeout: 10_000, interval: 100 }).toBe('0');
  });

  it('cannot take more memory than they may, in values or in buffers', async () => {
    const greedy = new PluginSet(join(folder, 'greedy'));
    mkdirSync(join(folder, 'greedy'));
    cpSync(join(folder, 'wild'), join(folder, 'greedy', 'one'), { recursive: true });
    cpSync(join(folder, 'wild'), join(folder, 'greedy', 'two'), { recursive: true });
    for (const [at, name] of [
      ['one', 'Wild'],
      ['two', 'Other'],
    ] as const)
      writeFileSync(
        join(folder, 'greedy', at, 'plugin.json'),
        JSON.stringify({ ...manifest, name, timeLimit: 20_000, memoryLimit: 32 }),
      );
    writeFileSync(join(folder, 'greedy', 'two', 'index.mjs'), wild.replaceAll('root/wild', 'root/other'));
    await greedy.reload();
    try {
      const invoke = (at: number, method: string) =>
        greedy.providers[at]!.sources.W_Thing!.invoke!(method, null, {}, context);
      await expect(invoke(0, 'Heap')).rejects.toThrow(/Wild (ended \((SIG|exit code)|took more than 32 MB)/);
      await expect(invoke(1, 'Hoard')).rejects.toThrow(/Other took more than 32 MB of memory and was ended/);
    } finally {
      await greedy.stop();
    }
  }, 30_000);
});

const small = (namespace: string, className: string, name = namespace) => ({
  manifest: { kind: 'cim-provider', version: '1', module: 'index.mjs', name },
  code: `export const createProvider = () => ({ name: 'x', namespace: ${JSON.stringify(namespace)},
    classes: [{ name: ${JSON.stringify(className)}, properties: [{ name: 'Id', type: 'uint32', key: true }] }],
    sources: { ${className}: { list: () => [{ kind: 'instance', className: ${JSON.stringify(className)}, values: { Id: process.pid } }] } } });`,
});

describe('a set of plug-ins', () => {
  const place = mkdtempSync(join(tmpdir(), 'plugin-set-'));
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  const put = (name: string, { manifest, code }: ReturnType<typeof small>): void => {
    mkdirSync(join(place, name), { recursive: true });
    writeFileSync(join(place, name, 'plugin.json'), JSON.stringify(manifest));
    writeFileSync(join(place, name, 'index.mjs'), code);
  };
  const states = (set: PluginSet) =>
    set.states.map((one) => [one.folder.slice(place.length + 1), one.state, 'error' in one ? one.error : '']);

  it('serves each plug-in as soon as it is there, and asks before code runs, each time', async () => {
    put('a-slow', {
      ...small('root/slow', 'S_Slow'),
      code: 'await new Promise((resolve) => setTimeout(resolve, 2147483647));',
    });
    put('b', small('root/b', 'B_One'));
    put('c', small('root/B', 'B_One', 'C'));
    put('d', small('root/d', 'D_One', 'ROOT/b'));
    put('e', small('root/e', 'E_One'));
    put('.f.new', small('root/f', 'F_One'));
    const accepted: string[] = [];
    const set = new PluginSet(place, {
      accept: async (one) => {
        accepted.push(one.slice(place.length + 1));
        if (one.endsWith('/e')) throw new Error('no trust in it');
        return one;
      },
    });
    try {
      void set.reload();
      await expect.poll(() => set.providers.map((one) => one.namespace), { timeout: 10_000 }).toContain('root/b');
      await expect
        .poll(() => states(set).filter(([, state]) => state === 'loading'), { timeout: 10_000 })
        .toEqual([['a-slow', 'loading', '']]);
      expect(states(set)).toEqual([
        ['a-slow', 'loading', ''],
        ['b', 'loaded', ''],
        ['c', 'failed', expect.stringMatching(/comes from two providers/)],
        ['d', 'failed', expect.stringMatching(/another plug-in is called ROOT\/b/)],
        ['e', 'failed', 'no trust in it'],
      ]);
      expect(accepted.toSorted()).toEqual(['a-slow', 'a-slow', 'b', 'b', 'c', 'c', 'd', 'd', 'e']);
    } finally {
      await set.stop();
    }
  });

  it('reads again: what is gone is ended, what is new is started, what cannot be read stays as it is', async () => {
    rmSync(join(place, 'a-slow'), { recursive: true });
    for (const one of ['c', 'd', 'e']) rmSync(join(place, one), { recursive: true });
    let changes = 0;
    const set = new PluginSet(place, { changed: () => changes++ });
    try {
      await set.reload();
      const [first] = set.providers;
      const id = async () =>
        (await Array.fromAsync(set.providers[0]!.sources.B_One!.list({ properties: null, equals: {} }, context)))[0]
          ?.values.Id;
      const before = await id();
      put('g', small('root/g', 'G_One'));
      await set.reload();
      expect(states(set)).toEqual([
        ['b', 'loaded', ''],
        ['g', 'loaded', ''],
      ]);
      expect(set.providers[0]).not.toBe(first);
      expect(await id()).not.toBe(before);
      expect(() => process.kill(Number(before), 0)).toThrow('ESRCH');
      rmSync(join(place, 'b'), { recursive: true });
      await set.reload();
      expect(set.providers.map((one) => one.namespace)).toEqual(['root/g']);
      expect(changes).toBeGreaterThan(3);
      rmSync(place, { recursive: true });
      writeFileSync(place, 'no folder');
      await set.reload();
      expect(set.providers.map((one) => one.namespace)).toEqual(['root/g']);
      expect(states(set).at(-1)).toEqual(['', 'failed', expect.stringMatching(/cannot be read: ENOTDIR/)]);
    } finally {
      await set.stop();
    }
  });

  it('serves resources of their own, and lets nobody take those of others', async () => {
    rmSync(place, { force: true });
    mkdirSync(place);
    cpSync(join(import.meta.dirname, '../../../plugin-kit/resource-template'), join(place, 'a'), { recursive: true });
    const odd = (name: string, uri: string) => ({
      manifest: { kind: 'resource-provider', version: '1', module: 'index.mjs', name },
      code: `export const createProvider = () => ({ name: 'x', resources: [{ uri: ${JSON.stringify(uri)}, exact: true, capabilities: ['get', 'invoke'] }],
        get: async () => ({ raw: '<a><b></a>' }),
        invoke: async () => { throw Object.assign(new Error('x'), { name: 'WsmanFault', body: { code: 'Sender', subcode: 'wsman:AccessDenied', number: 5, reason: 'not you', providerDetail: { raw: '</s:Fault>' } } }); } });`,
    });
    put('b', odd('B', 'http://EXAMPLE.org/wsman/note'));
    put('c', odd('C', 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service'));
    put('d', odd('D', 'urn:odd'));
    put('e', { ...odd('E', 'urn:other'), code: 'export const createProvider = () => ({ name: "x", resources: [] })' });
    const set = new PluginSet(place);
    try {
      await set.reload();
      expect(states(set)).toEqual([
        ['a', 'loaded', ''],
        ['b', 'failed', expect.stringMatching(/declared by two plug-ins: Notes and B/)],
        ['c', 'failed', expect.stringMatching(/belongs to the agent or to a standard/)],
        ['d', 'loaded', ''],
        ['e', 'failed', expect.stringMatching(/declares no resources/)],
      ]);
      const [notes, wrong] = set.resourceProviders;
      const uri = 'http://example.org/wsman/note';
      const at = (id: string) => ({ resourceUri: uri, selectors: [{ name: 'Id', value: id }] });
      const request = { resourceUri: uri, selectors: [], filter: null, polymorphism: null, mode: 'object' } as const;
      expect(textOf(parseXml(writeXml(await notes!.get!(at('1'), context))))).toBe('1made from the template');
      expect(await Array.fromAsync(notes!.enumerate!(request, context))).toMatchObject([{ item: { name: 'Note' } }]);
      await expect(notes!.get!(at('7'), context)).rejects.toMatchObject({
        body: { number: 2150858843, provider: 'Notes', reason: 'there is no such note' },
      });
      expect(notes!.subscribe).toBeUndefined();
      await expect(wrong!.get!(at('1'), context)).rejects.toMatchObject({ body: { number: 1359, provider: 'D' } });
      const refused = await wrong!.invoke!(at('1'), 'X', null, context).catch((error: unknown) => error);
      expect(refused).toMatchObject({ body: { number: 5, reason: 'not you' } });
      expect(refused).not.toHaveProperty('body.providerDetail');
    } finally {
      await set.stop();
    }
  });
});
