import type { EnumeratedItem, EnumerateRequest } from '@atelier/plugin-kit';
import { elementsOf, type FaultBody, isWsmanFault, parseXml, textOf, writeXml, type XmlContent } from '@atelier/wsman';
import { describe, expect, it } from 'vitest';
import { createCimEngine, dialects } from './index.ts';
import { sampleProvider, testContext } from './testing/sample-provider.ts';

const wmi = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/';
const dmtf = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/';
const context = testContext();

const at = (className: string, keys: Readonly<Record<string, string>> = {}, base = wmi) => ({
  resourceUri: base + className,
  selectors: Object.entries(keys).map(([name, value]) => ({ name, value })),
});
const values = (content: XmlContent): Record<string, string> =>
  Object.fromEntries(elementsOf(parseXml(writeXml(content))).map((one) => [one.name, textOf(one)]));
const filter = (dialect: string, text: string, xml = '<f/>') => ({ dialect, text, element: parseXml(xml) });
const request = (className: string, more: Partial<EnumerateRequest> = {}, base = wmi): EnumerateRequest => ({
  ...at(className, {}, base),
  filter: null,
  polymorphism: null,
  mode: 'object',
  ...more,
});
const query = (text: string): EnumerateRequest => request('*', { filter: filter(dialects.wql, text) });

async function faultOf(work: () => unknown): Promise<FaultBody> {
  try {
    await work();
  } catch (error) {
    if (isWsmanFault(error)) return error.body;
    throw error;
  }
  throw new Error('no fault was thrown');
}

function engine() {
  const sample = sampleProvider();
  const made = createCimEngine([sample.provider]);
  const list = async (one: EnumerateRequest): Promise<readonly EnumeratedItem[]> =>
    await Array.fromAsync(made.enumerate(one, context));
  return { ...sample, engine: made, list };
}

const names = (items: readonly EnumeratedItem[]): readonly string[] => items.map((one) => values(one.item).Name!);

describe('Get', () => {
  it('finds an instance by its keys, in either spelling of class, key and URI', async () => {
    const { engine: e } = engine();
    expect(values(await e.get(at('t_service', { NAME: 'SSH' }), context))).toMatchObject({
      Name: 'ssh',
      ProcessId: '3',
    });
    const other = await e.get(at('CIM_Service', { Name: 'e1000', __cimnamespace: 'root/cimv2' }, dmtf), context);
    expect(parseXml(writeXml(other))).toMatchObject({ ns: `${dmtf}T_Driver`, name: 'T_Driver' });
    expect(values(await e.get(at('T_Only'), context))).toEqual({ Level: '3' });
  });

  it.each([
    ['T_Service', {}, 2150858842],
    ['T_Service', { Nope: 'x' }, 2150858843],
    ['T_Service', { State: 'Running' }, 2150858843],
    ['T_Service', { Name: 'none' }, 2150858752],
    ['T_Service', { Name: 'ssh', __cimnamespace: 'root/other' }, 2150859067],
    ['T_Many', { Id: 'many' }, 2150858844],
    ['T_Only', { Nope: '3' }, 2150858843],
    ['T_Nothing', {}, 2150858752],
    ['*', {}, 2150858752],
  ])('answers %s %j with fault %i', async (name, keys, number) => {
    const { engine: e } = engine();
    expect((await faultOf(() => e.get(at(name, keys as Record<string, string>), context))).number).toBe(number);
  });

  it('gives a class declaration', async () => {
    const { engine: e } = engine();
    const uri = 'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/*';
    const found = await e.get({ resourceUri: uri, selectors: [{ name: 'ClassName', value: 't_service' }] }, context);
    const declared = parseXml(writeXml(found));
    expect(declared).toMatchObject({ name: 'CLASS', attributes: [{ value: 'T_Service' }, { value: 'CIM_Service' }] });
    const all = await Array.fromAsync(e.enumerate({ ...request('*'), resourceUri: uri }, context));
    expect(all.length).toBeGreaterThan(10);
  });
});

describe('Enumerate', () => {
  it('gives a class with all that inherit from it, alone, or as the superclass', async () => {
    const { list } = engine();
    expect(names(await list(request('CIM_Service')))).toEqual(['e1000', 'ssh', 'cron', 'dbus']);
    expect(await list(request('CIM_Service', { polymorphism: 'None' }))).toEqual([]);
    const [first] = await list(request('CIM_Service', { polymorphism: 'ExcludeSubClassProperties' }));
    expect(values(first!.item)).toEqual({ Name: 'e1000' });
  });

  it('fills references, with the namespace where the URI does not tell it', async () => {
    const { list } = engine();
    const [one] = await list(request('T_Service', { mode: 'object-and-epr' }));
    expect(one!.reference).toEqual(at('T_Service', { Name: 'ssh' }));
    const [other] = await list(request('T_Service', { mode: 'epr' }, dmtf));
    expect(other!.reference).toEqual(at('T_Service', { Name: 'ssh', __cimnamespace: 'root/cimv2' }, dmtf));
    const [association] = await list(request('T_Depends', { mode: 'epr' }));
    expect(association!.reference!.selectors[0]!.value).toMatchObject(at('T_Service', { Name: 'DBUS' }));
  });

  it('draws from 10,000 instances only what is pulled', async () => {
    const { engine: e, drawn } = engine();
    const items = e.enumerate(request('T_Many'), context)[Symbol.asyncIterator]();
    for (let n = 0; n < 20; n++) await items.next();
    await items.return?.();
    expect(drawn.count).toBe(20);
  });

  it('understands selector filters', async () => {
    const { list } = engine();
    const set = `<w:Filter xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><w:SelectorSet><w:Selector Name="processid">4</w:Selector></w:SelectorSet></w:Filter>`;
    expect(names(await list(request('T_Service', { filter: filter(dialects.selector, '', set) })))).toEqual([
      'cron',
      'dbus',
    ]);
  });

  it('is refused for what it cannot do', async () => {
    const { list } = engine();
    expect((await faultOf(() => list(request('*')))).number).toBe(2150858864);
    expect((await faultOf(() => list(request('T_Many', { filter: filter('urn:x', '') })))).number).toBe(2150858777);
    expect((await faultOf(() => list({ ...query('SELECT * FROM T_Many'), ...at('T_Many', { Id: '1' }) }))).number).toBe(
      2150859016,
    );
    expect((await faultOf(() => list({ ...query('SELECT * FROM T_Many'), polymorphism: 'None' }))).number).toBe(
      2150859063,
    );
    expect((await faultOf(() => list(query('SELECT * FROM T_Many WHERE')))).number).toBe(2150858778);
    expect((await faultOf(() => list(query('SELECT * FROM T_Nothing')))).number).toBe(2150858752);
    expect((await faultOf(() => list(request('__InstanceCreationEvent')))).number).toBe(2150858771);
  });
});

describe('queries and associations', () => {
  it('filter and cut down', async () => {
    const { list } = engine();
    const items = await list(query("SELECT State, Name FROM T_Service WHERE Name LIKE '%s%' AND Started = TRUE"));
    expect(items.map((one) => parseXml(writeXml(one.item)).name)).toEqual(['XmlFragment', 'XmlFragment']);
    expect(items.map((one) => values(one.item))).toEqual([
      { State: 'Running', Name: 'ssh' },
      { State: 'Running', Name: 'dbus' },
    ]);
    const classes = await list(query("SELECT * FROM meta_class WHERE __this ISA 'CIM_Service'"));
    expect(classes.map((one) => parseXml(writeXml(one.item)).name)).toEqual(['CIM_Service', 'T_Driver', 'T_Service']);
    expect(names(await list(query("SELECT * FROM CIM_Service WHERE __CLASS = 'T_Driver'")))).toEqual(['e1000']);
  });

  it('follow associations by WQL', async () => {
    const { list } = engine();
    expect(names(await list(query("ASSOCIATORS OF {T_Service.Name='ssh'}")))).toEqual(['dbus', 'e1000']);
    expect(names(await list(query("ASSOCIATORS OF {T_Service='ssh'} WHERE ResultClass = T_Driver")))).toEqual([
      'e1000',
    ]);
    expect(await list(query("ASSOCIATORS OF {T_Service.Name='ssh'} WHERE Role = Antecedent"))).toEqual([]);
    expect((await list(query("REFERENCES OF {T_Service.Name='dbus'}"))).length).toBe(1);
  });

  it('follow associations by filter', async () => {
    const { list } = engine();
    const xml = (kind: string, more = '') =>
      `<f><b:${kind} xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><b:Object><a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>${wmi}T_Service</w:ResourceURI><w:SelectorSet><w:Selector Name="Name">ssh</w:Selector></w:SelectorSet></a:ReferenceParameters></b:Object>${more}</b:${kind}></f>`;
    const ask = (text: string) => list(request('*', { filter: filter(dialects.association, '', text) }));
    expect(names(await ask(xml('AssociatedInstances', '<b:ResultRole>Antecedent</b:ResultRole>')))).toEqual([
      'dbus',
      'e1000',
    ]);
    expect((await ask(xml('AssociationInstances'))).length).toBe(2);
    const cut = await ask(xml('AssociatedInstances', '<b:IncludeResultProperty>Name</b:IncludeResultProperty>'));
    expect(cut.map((one) => values(one.item))).toEqual([{ Name: 'dbus' }, { Name: 'e1000' }]);
    expect((await faultOf(() => ask('<f/>'))).number).toBe(2150858778);
  });
});

describe('changes', () => {
  const body = (xml: string) => parseXml(xml);

  it('put what may be written and differs', async () => {
    const { engine: e, services } = engine();
    const put = (inner: string) =>
      e.put(at('T_Service', { Name: 'ssh' }), body(`<T_Service>${inner}</T_Service>`), context);
    await put('<Name>ssh</Name><State>Stopped</State>');
    expect(services.get('ssh')!.values.State).toBe('Stopped');
    expect((await faultOf(() => put('<ProcessId>99</ProcessId>'))).number).toBe(2150858838);
    expect((await faultOf(() => put('<Nope/>'))).number).toBe(2150858838);
    const wrong = e.put(at('T_Only'), body('<T_Other/>'), context);
    expect((await faultOf(() => wrong)).subcode).toBe('wsa:ActionNotSupported');
  });

  it('create and delete', async () => {
    const { engine: e, services } = engine();
    const made = await e.create(at('T_Service'), body('<T_Service><Name>new</Name></T_Service>'), context);
    expect(made.reference).toMatchObject(at('T_Service', { Name: 'new' }));
    await e.delete(at('T_Service', { Name: 'new' }), context);
    expect(services.has('new')).toBe(false);
    expect((await faultOf(() => e.delete(at('T_Driver', { Name: 'e1000' }), context))).number).toBe(2150858771);
  });
});

describe('Invoke', () => {
  it('calls methods of instances and classes', async () => {
    const { engine: e } = engine();
    expect(values(await e.invoke(at('T_Service', { Name: 'ssh' }), 'stopservice', null, context))).toEqual({
      ReturnValue: '0',
    });
    const input = parseXml('<p:Create_INPUT xmlns:p="u"><p:Count>7</p:Count><p:Name>x</p:Name></p:Create_INPUT>');
    const out = parseXml(writeXml(await e.invoke(at('T_Service'), 'Create', input, context)));
    expect([out.ns, out.name]).toEqual([`${wmi}T_Service`, 'Create_OUTPUT']);
    expect(elementsOf(out).map(textOf)).toEqual(['x/7', '0']);
  });

  it.each([
    ['Nope', null, 2150858771],
    ['StopService', null, 2150858842],
    ['Create', null, 2150858810],
    ['Create', '<Create_INPUT><Name>x</Name><Count>256</Count></Create_INPUT>', 2150858810],
    ['Create', '<Create_INPUT><Name>x</Name><Other/></Create_INPUT>', 2150858810],
    ['Break', null, 1359],
  ])('answers %s with %s by fault %i', async (method, xml, number) => {
    const { engine: e } = engine();
    const found = await faultOf(() => e.invoke(at('T_Service'), method, xml ? parseXml(xml) : null, context));
    expect(found.number).toBe(number);
    expect(JSON.stringify(found)).not.toContain('secret');
    if (method === 'Break') expect(found.provider).toBe('Sample');
  });
});

describe('namespaces', () => {
  it('know what lies below them, and refuse a class of two providers', async () => {
    const { provider, list } = engine();
    const below = await list({
      ...request('__Namespace'),
      resourceUri: 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/__Namespace',
    });
    expect(names(below)).toEqual(['cimv2']);
    expect(() => createCimEngine([provider, { ...provider, name: 'Other' }])).toThrow(
      /comes from two providers: Sample and Other/,
    );
  });
});
