import { element } from '@atelier/wsman';
import { expect, it } from 'vitest';
import { Enumeration } from './enumeration.ts';
import type { DrawnItem } from './item-source.ts';

const limits = { maxElements: 2, maxCharacters: null, maxEnvelopeSize: 50_000, encoding: 'utf-8' } as const;
const one: DrawnItem = { item: element('urn:sample', 'One', null) };

function enumeration(items: AsyncIterable<DrawnItem>, subscription = false): Enumeration {
  const facts = { id: '1', user: 'ada', mode: 'object', abort: new AbortController(), subscription } as const;
  return new Enumeration(facts, items, Number.MAX_SAFE_INTEGER);
}
const page = async (of: Enumeration) => {
  const { items, end } = await of.pull(limits, Date.now() + 5000);
  return [items.count, end];
};
async function* given(count: number, then: () => Promise<void> = async () => {}) {
  for (let n = 0; n < count; n++) yield one;
  await then();
}

it('knows that a full page is the last one', async () => {
  expect(await page(enumeration(given(2)))).toEqual([2, true]);
  const three = enumeration(given(3));
  expect([await page(three), await page(three)]).toEqual([
    [2, false],
    [1, true],
  ]);
});

it('gives a full page at once when the next item is long in coming, and loses none', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = async function* () {
    yield* given(2);
    await promise;
    yield one;
  };
  const of = enumeration(slow());
  expect(await page(of)).toEqual([2, false]);
  resolve();
  expect(await page(of)).toEqual([1, true]);
});

it('gives the page before an error, and then the error', async () => {
  const of = enumeration(given(2, () => Promise.reject(new Error('the source broke'))));
  expect(await page(of)).toEqual([2, false]);
  await expect(page(of)).rejects.toThrow('the source broke');
});

it('never asks ahead for a subscription', async () => {
  let drawn = 0;
  const counted = async function* () {
    for (;;) {
      drawn++;
      yield one;
    }
  };
  expect(await page(enumeration(counted(), true))).toEqual([2, false]);
  expect(drawn).toBe(2);
});
