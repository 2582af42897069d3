import { parseXml, writeXml } from '@atelier/wsman';
import { describe, expect, it } from 'vitest';
import { kdcsInConfiguration } from './auth/find-kdcs.ts';
import { readUserName } from './auth/user-name.ts';
import { propertiesElement, propertiesOf, withProperties } from './property-values.ts';
import { resourceLocator, withOption, withSelector } from './resource-locator.ts';

const microsoft = 'http://schemas.microsoft.com/wbem/wsman/1';

describe('a resource in words', () => {
  it.each([
    ['winrm/config', `${microsoft}/config`, {}],
    ['wmicimv2/Win32_Service?Name=ssh', `${microsoft}/wmi/root/cimv2/Win32_Service`, { Name: 'ssh' }],
    ['WMI/root/hardware/X', `${microsoft}/wmi/root/hardware/X`, {}],
    ['cimv2/CIM_Process', 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Process', {}],
    ['shell/cmd?ShellId=1', `${microsoft}/windows/shell/cmd`, { ShellId: '1' }],
    [
      'winrm/config/Listener?Address=*+Transport=HTTP',
      `${microsoft}/config/Listener`,
      { Address: '*', Transport: 'HTTP' },
    ],
    ['urn:x?A="1+2"+B=c=d', 'urn:x', { A: '1+2', B: 'c=d' }],
    ['wmicimv2/*', `${microsoft}/wmi/root/cimv2/*`, {}],
  ])('%s', (text, uri, selectors) => {
    const found = resourceLocator(text);
    expect(found.resourceUri).toBe(uri);
    expect(Object.fromEntries(found.selectors.map((one) => [one.name, one.value]))).toEqual(selectors);
  });

  it.each(['', 'nothing', 'a b:c', 'winrm/config?Address', 'constructor/x'])('"%s" is none', (text) => {
    expect(() => resourceLocator(text)).toThrow(expect.objectContaining({ code: 'winrm.request' }));
  });

  it('can be added to', () => {
    const found = withOption(withSelector(resourceLocator('urn:x?Name=a'), 'name', 'b'), 'O', '1', true);
    expect(found.selectors).toEqual([{ name: 'name', value: 'b' }]);
    expect(found.options).toEqual([{ name: 'O', value: '1', mustComply: true }]);
  });
});

describe('properties', () => {
  const xml =
    '<p:A xmlns:p="urn:A" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common"><p:B>1</p:B><p:C>x</p:C><p:C>y</p:C><p:D xsi:nil="true"/><p:E><cim:Datetime>2026-01-01T00:00:00Z</cim:Datetime></p:E><p:F><p:G>2</p:G></p:F><p:H/></p:A>';

  it('are read as text, null, arrays, dates and parts', () => {
    expect(propertiesOf(parseXml(xml))).toEqual({
      B: '1',
      C: ['x', 'y'],
      D: null,
      E: '2026-01-01T00:00:00Z',
      F: { G: '2' },
      H: '',
    });
  });

  it('are changed in their place', () => {
    const changed = withProperties(parseXml(xml), { b: 2, C: ['z'], D: 'set', New: false });
    expect(propertiesOf(changed)).toMatchObject({ B: '2', C: 'z', D: 'set', New: 'false' });
    expect(writeXml(changed)).toMatch(/<p:B>2<\/p:B><p:C>z<\/p:C><p:D>set<\/p:D>/);
  });

  it('are written in their order', () => {
    expect(writeXml(propertiesElement('urn:A', 'M_INPUT', { x: 'a&b', y: [1n, 2], z: parseXml('<q>deep</q>') }))).toBe(
      '<p:M_INPUT xmlns:p="urn:A"><p:x>a&amp;b</p:x><p:y>1</p:y><p:y>2</p:y><p:z>deep</p:z></p:M_INPUT>',
    );
  });
});

describe('a logon', () => {
  it('knows users by domain and realm', () => {
    expect(readUserName('ada')).toEqual({ user: 'ada', domain: '' });
    expect(readUserName('LAB\\ada')).toEqual({ user: 'ada', domain: 'LAB' });
    expect(readUserName('.\\ada')).toEqual({ user: 'ada', domain: '' });
    expect(readUserName('ada@EXAMPLE.ORG')).toEqual({ user: 'ada', domain: 'EXAMPLE.ORG' });
  });

  it('finds the KDCs of its realm', () => {
    const text =
      '[libdefaults]\nkdc = no\n[realms]\n# c\nA.ORG = {\n  kdc = one:1088\n  kdc = tcp/two\n}\nB.ORG = {\n kdc = three\n}\n[domain_realm]\n';
    expect(kdcsInConfiguration(text, 'A.ORG')).toEqual([
      { host: 'one', port: 1088 },
      { host: 'two', port: 88 },
    ]);
    expect(kdcsInConfiguration(text, 'B.ORG')).toEqual([{ host: 'three', port: 88 }]);
    expect(kdcsInConfiguration(text, 'C.ORG')).toEqual([]);
  });
});
