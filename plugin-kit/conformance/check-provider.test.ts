import type { CimInstance } from '@atelier/cim';
import { describe, expect, it } from 'vitest';
import { createProvider as createNotes } from '../resource-template/notes-provider.ts';
import type { CimProvider, CimSource } from '../src/cim-provider.ts';
import type { ResourceProvider } from '../src/resource-provider.ts';
import { createProvider } from '../template/coffee-provider.ts';
import { checkProvider, checkResourceProvider } from './index.ts';

const one = (values: CimInstance['values'], className = 'T_Thing'): CimInstance => ({
  kind: 'instance',
  className,
  values,
});

const provider = (source: CimSource): CimProvider => ({
  name: 'Test',
  namespace: 'root/test',
  classes: [
    {
      name: 'T_Thing',
      properties: [
        { name: 'Name', type: 'string', key: true },
        { name: 'Size', type: 'uint8' },
      ],
    },
  ],
  sources: { T_Thing: source },
});

const said = async (made: CimProvider): Promise<string> =>
  (await checkProvider(made, { patience: 200 }))
    .map((finding) => `${finding.severity} ${finding.className}: ${finding.message}`)
    .join('\n');

describe('the conformance kit', () => {
  it('finds nothing in the template', async () => {
    expect(await checkProvider(createProvider({ machines: ['a', 'b'] }))).toEqual([]);
  });

  it.each([
    ['a value of a wrong type', [one({ Name: 'a', Size: 256 })], /Size: "256" is no uint8/],
    ['a number as text', [one({ Name: 'a', Size: '5' })], /gives Size as text/],
    ['a strange property', [one({ Name: 'a', Other: 1 })], /Other, which is no property/],
    ['a wrong spelling', [one({ name: 'a' })], /spells Name/],
    ['a null key', [one({})], /key Name is null/],
    ['the same keys twice', [one({ Name: 'a' }), one({ Name: 'A' })], /the same keys/],
    ['a strange class', [one({ Name: 'a' }, 'T_Other')], /no class of the provider/],
  ])('finds %s', async (_, instances, complaint) => {
    expect(await said(provider({ list: () => instances }))).toMatch(complaint);
  });

  it('finds sources that hang, fail, lie, or do not end', async () => {
    expect(
      await said(
        provider({ list: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }) }),
      ),
    ).toMatch(/more than 200 ms/);
    const failing = async function* (): AsyncGenerator<CimInstance> {
      yield* [];
      throw new Error('no luck');
    };
    expect(await said(provider({ list: failing }))).toMatch(/list fails: no luck/);
    expect(await said(provider({ list: () => [one({ Name: 'a' })], get: async () => one({ Name: 'b' }) }))).toMatch(
      /other keys/,
    );
  });

  it('finds classes that do not fit', async () => {
    const good = provider({ list: () => [] });
    expect(await said({ ...good, namespace: 'here' })).toMatch(/is no namespace/);
    expect(await said({ ...good, classes: [{ name: 'T_Thing', superclass: 'T_None', properties: [] }] })).toMatch(
      /which is unknown/,
    );
    expect(await said({ ...good, sources: { T_Other: { list: () => [] } } })).toMatch(/not declared/);
  });
});

describe('the conformance kit for resources', () => {
  const notes = createNotes({ first: 'x' });
  const wrong = async (change: Partial<ResourceProvider>) =>
    (await checkResourceProvider({ ...notes, ...change }, { patience: 200 }))
      .map((finding) => `${finding.severity} ${finding.className}: ${finding.message}`)
      .join('\n');

  it('finds nothing in the template', async () => {
    expect(await checkResourceProvider(createNotes({ first: 'x' }))).toEqual([]);
  });

  it('finds declarations that do not fit', async () => {
    expect(await wrong({ resources: [] })).toMatch(/declares no resources/);
    expect(await wrong({ resources: [{ uri: 'note', exact: true, capabilities: ['get', 'subscribe'] }] })).toMatch(
      /error note: is no URI\n.*can subscribe, but there is no such function/,
    );
  });

  it('finds enumerations that hang, fail, or give what cannot be sent', async () => {
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    expect(await wrong({ enumerate: () => never })).toMatch(/more than 200 ms/);
    const items = (item: { readonly raw: string }) =>
      async function* () {
        yield { item };
      };
    expect(await wrong({ enumerate: items({ raw: '<a>' }) })).toMatch(/cannot be sent[\s\S]*gives no reference/);
    expect(await wrong({ get: () => Promise.reject(new Error('no luck')) })).toMatch(/get fails: no luck/);
  });
});
