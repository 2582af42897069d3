import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { describe, expect, it } from 'vitest';
import { storeMethods } from './protocol.ts';
import { checkListQuery, checkStoreParams, storeParams } from './store-params.ts';

describe('parameters of the stores', () => {
  it('are known for every method that a plug-in may call', () => {
    for (const [group, names] of Object.entries(storeMethods))
      expect(Object.keys(storeParams[group as keyof typeof storeParams]).toSorted()).toEqual([...names].toSorted());
  });

  it('take what the store gave, and what is left out', () => {
    const target = sampleTarget('h1', { properties: { site: 'berlin', rack: 3, gpu: true } });
    expect(checkStoreParams('resourceStore', 'saveTarget', [target])).toEqual([target, undefined]);
    expect(checkStoreParams('resourceStore', 'saveTarget', [target, { force: true }])).toEqual([
      target,
      { force: true },
    ]);
    expect(checkStoreParams('globalStore', 'queryTarget', ['h1', null])).toEqual(['h1', undefined]);
    expect(checkStoreParams('resourceStore', 'addTarget', [{ name: 'h2', collection: 'office' }])).toEqual([
      { name: 'h2', collection: 'office' },
    ]);
    expect(checkStoreParams('filterPluginStore', 'deleteProperties', [])).toEqual([undefined]);
    expect(checkListQuery(null, 'x')).toEqual({});
  });

  it.each<[keyof typeof storeParams, string, readonly unknown[]]>([
    ['globalStore', 'queryTarget', []],
    ['globalStore', 'queryTarget', [{ toString: 'x' }]],
    ['globalStore', 'queryTarget', ['x'.repeat(300)]],
    ['globalStore', 'queryTarget', ['a', 'b', 'c']],
    ['resourceStore', 'addTarget', [{ name: 'h', collection: 'c', wieght: 5 }]],
    ['resourceStore', 'addTarget', [{ name: 'h', collection: 'c', weight: 0 }]],
    ['resourceStore', 'addTarget', [{ name: 'h', collection: 'c', endpoints: [{ address: '', port: 1 }] }]],
    ['resourceStore', 'setTargetState', ['h', 3]],
    ['resourceStore', 'testAndSetServerState', ['h', 'running']],
    ['resourceStore', 'setServerDrainMode', ['h', 'yes']],
    ['resourceStore', 'setTargetProperty', ['h', 'p', { a: 1 }]],
    ['services', 'power', ['h', 'explode']],
    ['filterPluginStore', 'saveProperties', [{ a: [] }]],
  ])('%s.%s refuses %j', (group, method, given) => {
    expect(() => checkStoreParams(group, method, given)).toThrow(
      expect.objectContaining({ name: 'StoreError', code: 'bad-value' }),
    );
  });

  it('refuse strange queries', () => {
    expect(() => checkListQuery({ colection: 'x' }, 'x')).toThrow(/x: /);
    expect(() => checkListQuery({ state: 'asleep' }, 'x')).toThrow(/state/);
  });
});
