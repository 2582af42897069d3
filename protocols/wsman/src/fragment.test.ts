import { describe, expect, it } from 'vitest';
import { dialects } from './actions.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { parseExpiry, untilExpiry } from './expiry.ts';
import { applyFragment, selectFragment } from './fragment.ts';
import { parseXml } from './parse-xml.ts';
import { matchesSelectors, readSelectorFilter } from './selector-filter.ts';
import { elementsOf, textOf } from './xml-node.ts';

const resource = { raw: '<p:A xmlns:p="urn:A"><p:B>1</p:B><p:C>x</p:C><p:C>y</p:C><p:D><p:E>deep</p:E></p:D></p:A>' };
const path = (text: string, dialect: string = dialects.xpath) => ({ dialect, path: text });
const select = (text: string) =>
  selectFragment(resource, path(text)).map((one) =>
    typeof one === 'string' ? `"${one}"` : 'raw' in one ? one.raw : `${one.name}=${textOf(one)}`,
  );

describe('a fragment', () => {
  it.each([
    ['B', ['B=1']],
    ['B/text()', ['"1"']],
    ['C', ['C=x', 'C=y']],
    ['C[2]', ['C=y']],
    ['C[ 2 ]/text()', ['"y"']],
    ['C[position()=1]', ['C=x']],
    ['C[3]', []],
    ['D/E/text()', ['"deep"']],
    ['p:D/p:E', ['E=deep']],
    ['/A/B', ['B=1']],
    ['A/B', ['B=1']],
    ['./B', ['B=1']],
    ['D/*', ['E=deep']],
  ])('%s names its part', (text, expected) => {
    expect(select(text)).toEqual(expected);
  });

  it.each([
    '',
    '/',
    'b',
    'X',
    'B[0]',
    'B[-1]',
    'B[x]',
    'B/..',
    '//B',
    'B | C',
    'text()',
    '/Z/B',
    'B[1][1]',
    'x'.repeat(2000),
  ])('is refused when its path is "%s"', (text) => {
    expect(() => select(text)).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ number: 2150858899 }) }),
    );
  });

  it('is refused in another dialect', () => {
    expect(() => selectFragment(resource, path('B', 'urn:other'))).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ number: 2150858896 }) }),
    );
    expect(selectFragment(resource, path('B', dialects.xpathLevel1))).toHaveLength(1);
  });

  const put = (text: string, inner: string): string[] => {
    const body = parseXml(
      `<w:XmlFragment xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:p="urn:A" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"${inner}</w:XmlFragment>`,
    );
    return elementsOf(applyFragment(resource, path(text), body)).map((one) => `${one.name}=${textOf(one)}`);
  };

  it('is put in its place', () => {
    expect(put('B/text()', '>2')).toEqual(['B=2', 'C=x', 'C=y', 'D=deep']);
    expect(put('B', '><p:B>3</p:B>')).toEqual(['B=3', 'C=x', 'C=y', 'D=deep']);
    expect(put('C', '><p:C>q</p:C>')).toEqual(['B=1', 'C=q', 'D=deep']);
    expect(put('C[2]', '><p:C>z</p:C>')).toEqual(['B=1', 'C=x', 'C=z', 'D=deep']);
    expect(put('C[3]', '><p:C>z</p:C>')).toEqual(['B=1', 'C=x', 'C=y', 'D=deep', 'C=z']);
    expect(put('C', ' xsi:nil="true">')).toEqual(['B=1', 'D=deep']);
    expect(put('D/E/text()', '>new')).toEqual(['B=1', 'C=x', 'C=y', 'D=new']);
    expect(() => put('C[5]', '><p:C>z</p:C>')).toThrow();
    expect(() => put('X/text()', '>1')).toThrow();
    expect(() => applyFragment(resource, path('B'), parseXml('<x/>'))).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ detail: 'InvalidFragment' }) }),
    );
  });
});

describe('a selector filter', () => {
  const filter = (inner: string) => {
    const element = parseXml(`<w:Filter xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">${inner}</w:Filter>`);
    return { dialect: dialects.selector, text: '', element };
  };

  it('takes items that have all its values', () => {
    const wanted = (name: string, value: string) =>
      readSelectorFilter(filter(`<w:SelectorSet><w:Selector Name="${name}">${value}</w:Selector></w:SelectorSet>`));
    expect(matchesSelectors(resource, wanted('b', '1'))).toBe(true);
    expect(matchesSelectors(resource, wanted('C', 'Y'))).toBe(true);
    expect(matchesSelectors(resource, wanted('C', 'z'))).toBe(false);
    expect(matchesSelectors(resource, wanted('Z', '1'))).toBe(false);
    expect(() => readSelectorFilter(filter(''))).toThrow();
  });
});

describe('times', () => {
  it.each([
    ['PT60S', 60_000],
    ['PT60.5S', 60_500],
    ['PT7200.000S', 7_200_000],
    ['P1DT2H3M4S', 93_784_000],
    ['-PT1S', -1000],
    ['P1Y', 31_536_000_000],
    ['PT', null],
    ['P', null],
    ['P1H', null],
    ['1', null],
    ['PT1', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it('are written as Windows writes them', () => {
    expect(formatDuration(61_500)).toBe('PT61.500S');
  });

  it('end after a while or at a moment', () => {
    expect(untilExpiry(parseExpiry('PT5S')!, 100)).toBe(5000);
    expect(untilExpiry(parseExpiry('1970-01-01T00:00:10Z')!, 4000)).toBe(6000);
    expect(parseExpiry('1970-01-01T00:00:10')).toEqual({ kind: 'at', time: 10_000 });
    expect(parseExpiry('1970-01-01')).toBeNull();
    expect(parseExpiry('9999-99-99T00:00:00Z')).toBeNull();
  });
});
