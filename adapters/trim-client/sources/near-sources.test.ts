import { expect, it } from 'vitest';
import { NearSources } from './near-sources.ts';
import type { RangeSource } from './source.ts';

const source = (kind: RangeSource['kind'], name: string): RangeSource => ({
  kind,
  name,
  ask: () => Promise.reject(new Error('not asked here')),
  close: () => undefined,
});
const [stick, anna, bert] = [source('media', 'stick'), source('peer', 'anna'), source('peer', 'bert')] as const;
const names = (near: NearSources) => near.order().map(({ name }) => name);

it('asks media first, then peers in turns', () => {
  const near = new NearSources([anna, bert, stick]);
  expect([names(near), names(near), names(near)]).toEqual([
    ['stick', 'anna', 'bert'],
    ['stick', 'bert', 'anna'],
    ['stick', 'anna', 'bert'],
  ]);
});

it('leaves out who fails twice, misses six times in a row, or lied; a success forgives', () => {
  const near = new NearSources([anna, bert]);
  near.failed(anna);
  near.served(anna);
  near.failed(anna);
  expect(names(near)).toHaveLength(2);
  near.failed(anna);
  expect(names(near)).toEqual(['bert']);
  for (let i = 0; i < 6; i++) near.missed(bert);
  expect(names(near)).toEqual([]);
  const other = new NearSources([anna]);
  expect([other.ban(anna), other.ban(anna), other.ban(bert)]).toEqual([true, false, false]);
  other.served(anna);
  expect(names(other)).toEqual([]);
});
