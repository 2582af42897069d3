import { elementsOf, ns, parseXml, textOf } from '@atelier/wsman';
import { describe, expect, it } from 'vitest';
import { type CimClass, type CimInstance, createClassRegistry, createInstanceWriter, readInstance } from '../index.ts';

const part: CimClass = { name: 'T_Part', properties: [{ name: 'Id', type: 'uint32', key: true }] };
const base: CimClass = { name: 'CIM_Base', abstract: true, properties: [{ name: 'Caption', type: 'string' }] };
const thing: CimClass = {
  name: 'T_Thing',
  superclass: 'CIM_Base',
  properties: [
    { name: 'Name', type: 'string', key: true },
    { name: 'Size', type: 'uint64' },
    { name: 'Up', type: 'boolean' },
    { name: 'Ratio', type: 'real64' },
    { name: 'Born', type: 'datetime' },
    { name: 'Age', type: 'datetime' },
    { name: 'Tags', type: 'string', array: true },
    { name: 'Part', type: 'instance', className: 'T_Part' },
    { name: 'Peer', type: 'reference', className: 'T_Part' },
    { name: 'Nothing', type: 'sint8' },
  ],
};
const registry = createClassRegistry([thing, part, base]);
const full: CimInstance = {
  kind: 'instance',
  className: 'T_Thing',
  values: {
    Caption: 'a <b> & "c"\u0001',
    Name: 'Ünï 🐧',
    Size: 18446744073709551615n,
    Up: false,
    Ratio: -0.5,
    Born: { kind: 'datetime', text: '20240229235959.250000+060' },
    Age: { kind: 'datetime', text: '00000001020304.500000:000' },
    Tags: ['one', 'two', ''],
    Part: { kind: 'instance', className: 'T_Part', values: { Id: 7 } },
    Peer: { kind: 'reference', namespace: 'root/cimv2', className: 'T_Part', keys: { Id: 9 } },
  },
};

describe('instances as XML', () => {
  const writer = createInstanceWriter(registry, 'root/cimv2', 'wmi');

  it('come back as they went, but for characters that XML cannot carry', () => {
    const node = parseXml(writer.write(full).raw);
    expect(node.ns).toBe('http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/T_Thing');
    const read = readInstance(node, registry.need('t_thing'), registry);
    expect(read.values).toEqual({
      ...full.values,
      Caption: 'a <b> & "c"\ufffd',
      Born: { kind: 'datetime', text: '20240229235959.250000+060' },
      Nothing: null,
    });
  });

  it('hold their properties by name, null as xsi:nil, embedded ones in the namespace of their class', () => {
    const node = parseXml(writer.write(full).raw);
    const names = elementsOf(node).map((one) => one.name);
    expect(names).toEqual([...names].sort());
    expect(new Set(elementsOf(node).map((one) => one.ns))).toEqual(new Set([node.ns]));
    const nothing = elementsOf(node).find((one) => one.name === 'Nothing')!;
    expect(nothing.attributes).toEqual([{ ns: ns.xsi, name: 'nil', value: 'true' }]);
    const embedded = elementsOf(node).find((one) => one.name === 'Part')!;
    expect(elementsOf(embedded)[0]).toMatchObject({ ns: writer.uriOf('T_Part'), name: 'Id', children: ['7'] });
  });

  it('can be written as their superclass, and in DMTF namespaces with the CIM namespace in references', () => {
    const node = parseXml(writer.write(full, { asClass: 'CIM_Base' }).raw);
    expect([node.name, elementsOf(node).map((one) => one.name)]).toEqual(['CIM_Base', ['Caption']]);
    const dmtf = createInstanceWriter(registry, 'root/cimv2', 'cim-schema').write(full).raw;
    expect(dmtf).toContain('xmlns:p="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/T_Thing"');
    expect(dmtf).toContain('<w:Selector Name="__cimnamespace">root/cimv2</w:Selector>');
  });

  it('give what a query selected as a fragment, in its order', () => {
    const node = parseXml(writer.writeFragment(full, [['size'], ['Part', 'Id'], ['Nothing']]).raw);
    expect([node.ns, node.name]).toEqual([ns.wsman, 'XmlFragment']);
    expect(elementsOf(node).map((one) => [one.name, textOf(one)])).toEqual([
      ['Size', '18446744073709551615'],
      ['Id', '7'],
      ['Nothing', ''],
    ]);
  });

  it.each([
    ['<p:T_Thing xmlns:p="u"><p:Size>-1</p:Size></p:T_Thing>', /Size: "-1" is no uint64/],
    ['<p:T_Thing xmlns:p="u"><p:Up>maybe</p:Up></p:T_Thing>', /no boolean/],
    ['<p:T_Thing xmlns:p="u"><p:Nope/></p:T_Thing>', /no property Nope/],
    ['<p:T_Thing xmlns:p="u"><p:Up>1</p:Up><p:Up>1</p:Up></p:T_Thing>', /twice/],
    ['<p:T_Thing xmlns:p="u"><p:Born>20241301000000.000000+000</p:Born></p:T_Thing>', /date is not valid/],
  ])('are refused when they do not fit their class: %s', (xml, complaint) => {
    expect(() => readInstance(parseXml(xml), registry.need('T_Thing'), registry)).toThrow(complaint);
  });
});

describe('classes', () => {
  it('refuse circles, strangers and doubles', () => {
    const lone = (name: string, superclass?: string): CimClass => ({ name, superclass, properties: [] });
    expect(() => createClassRegistry([lone('A', 'B'), lone('B', 'A')])).toThrow(/inherits from itself/);
    expect(() => createClassRegistry([lone('A', 'B')])).toThrow(/which is unknown/);
    expect(() => createClassRegistry([lone('A'), lone('a')])).toThrow(/declared twice/);
  });
});
