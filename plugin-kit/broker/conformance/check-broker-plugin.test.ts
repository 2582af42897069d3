import { describe, expect, it } from 'vitest';
import type { BrokerPlugin } from '../src/broker-plugin.ts';
import { createPlugin } from '../template/least-busy.ts';
import { checkBrokerPlugin } from './index.ts';

const said = async (plugin: Partial<BrokerPlugin>): Promise<string> =>
  (await checkBrokerPlugin({ name: 'odd', ...plugin }, { patience: 100 }))
    .map((one) => `${one.severity} ${one.stage}: ${one.message}`)
    .join('\n');

describe('the conformance kit of the broker', () => {
  it('finds nothing in the template', async () => {
    expect(await checkBrokerPlugin(createPlugin({ most: 20 }))).toEqual([]);
  });

  it.each<[string, Partial<BrokerPlugin>, RegExp]>([
    ['no stage', {}, /takes part in no stage/],
    ['a method that nobody calls', { getMostSuitableServer: () => 1 } as Partial<BrokerPlugin>, /nobody calls.*Server/],
    ['half of provisioning', { cancelJob: async () => undefined }, /all four are needed/],
    ['half of tasks', { setTaskQueue: () => undefined }, /initializeTaskPlugin and setTaskQueue are needed/],
    ['a number for a result', { getMostSuitableTarget: () => 5 as never }, /load-balancing: gives what is no result/],
    [
      'an unknown target',
      { getMostSuitableTarget: () => ({ targetName: 'x', isNewConnection: true }) },
      /names the target x/,
    ],
    ['a drained target', { getMostSuitableTarget: () => ({ targetName: 'host-4', isNewConnection: true }) }, /drained/],
    [
      'an exception',
      {
        queryEnvironmentForTarget: () => {
          throw new TypeError('x is undefined');
        },
      },
      /placement: throws: x is undefined/,
    ],
    ['one that hangs', { filterTargets: () => new Promise<never>(() => undefined) }, /filter: takes more than 100 ms/],
    [
      'another target than asked for',
      { prepareTargetForConnect: () => ({ targetName: 'host-1', endpoints: [{ address: 'a', port: 1 }] }) },
      /prepares host-1 in place of/,
    ],
    ['a failing start', { initialize: () => Promise.reject(new Error('no network')) }, /initialize fails: no network/],
  ])('finds %s', async (_, plugin, complaint) => {
    expect(await said(plugin)).toMatch(complaint);
  });

  it('finds who goes on when nobody waits any more', async () => {
    const deaf: Partial<BrokerPlugin> = {
      getMostSuitableTarget: async (_, __, next) => {
        await next().catch(() => new Promise(() => undefined));
        return undefined;
      },
    };
    expect(await said(deaf)).toMatch(/goes on for more than 100 ms after it was aborted/);
  });
});
