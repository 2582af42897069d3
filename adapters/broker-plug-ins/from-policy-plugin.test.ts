import type { LoadBalanceResult } from '@atelier/domain/broker';
import type { PolicyPlugin } from '@atelier/plugin-kit/broker';
import {
  checkBrokerPlugin,
  createMemoryStore,
  memoryProvider,
  sampleConnection,
  sampleTarget,
} from '@atelier/plugin-kit/broker/conformance';
import { describe, expect, it } from 'vitest';
import { fromPolicyPlugin } from './from-policy-plugin.ts';

const store = () =>
  createMemoryStore([
    sampleTarget('h1'),
    sampleTarget('h2', { drain: true }),
    sampleTarget('x', { collection: 'lab' }),
  ]);
const sink = { report: () => undefined };
const own =
  (isNewConnection = true) =>
  async (): Promise<LoadBalanceResult> => ({ targetName: 'h1', isNewConnection });

async function adapt(policy: Partial<PolicyPlugin>) {
  const memory = store();
  const plugin = fromPolicyPlugin(
    'old',
    { initialize: () => 0, getMostSuitableServer: (_, __, ___, ____, id) => id, ...policy },
    { slowMs: 50 },
  );
  await plugin.initialize?.(memoryProvider(memory));
  const decide = (next = own()) => plugin.getMostSuitableTarget?.(sampleConnection(), sink, next);
  return { plugin, decide, memory };
}

describe('a policy plug-in of the older shape', () => {
  it('is told of the machines, and gets the choice of the broker in and out', async () => {
    const machines: unknown[] = [];
    const asked: unknown[] = [];
    const { decide } = await adapt({
      machineChangeNotification: (type, id, { farm, inDrain, connectInfo }) =>
        machines.push([type, id, farm, inDrain, connectInfo.fqdn]),
      getMostSuitableServer: (...given) => {
        asked.push(given);
        return 2;
      },
    });
    expect(machines).toEqual([
      [4, 1, 'office', 1, 'h1.lab'],
      [4, 2, 'office', 2, 'h2.lab'],
      [4, 3, 'lab', 1, 'x.lab'],
    ]);
    expect(await decide()).toEqual({ targetName: 'h2', isNewConnection: true });
    expect(asked).toEqual([['carol', 'CORP', '', 'office', 1]]);
  });

  it('that wants to be told of nothing may choose among all machines, too', async () => {
    const { decide } = await adapt({ getMostSuitableServer: () => 2 });
    expect(await decide()).toEqual({ targetName: 'h2', isNewConnection: true });
  });

  it('is not asked when there is a session', async () => {
    let asked = 0;
    const { decide } = await adapt({ getMostSuitableServer: () => ++asked });
    expect(await decide(own(false))).toEqual({ targetName: 'h1', isNewConnection: false });
    expect(asked).toBe(0);
  });

  it.each<[string, PolicyPlugin['getMostSuitableServer']]>([
    [
      'fails',
      () => {
        throw new Error('E_FAIL');
      },
    ],
    ['is slow', () => new Promise(() => undefined)],
    ['names a machine of another farm', () => 3],
    ['names one that is unknown', () => 99],
    ['names nonsense', () => 'two' as never],
  ])('that %s is not asked again until it is reset; the broker decides', async (_, misbehave) => {
    let asked = 0;
    let told = 0;
    const { plugin, decide } = await adapt({
      getMostSuitableServer: (...given) => {
        asked += 1;
        return misbehave(...given);
      },
      machineChangeNotification: () => {
        told += 1;
      },
    });
    told = 0;
    for (let n = 0; n < 3; n++) expect(await decide()).toEqual({ targetName: 'h1', isNewConnection: true });
    expect(asked).toBe(1);
    expect(plugin.silenced).not.toBeNull();
    plugin.notifyTargetChange?.(0x20, sampleTarget('h1'));
    expect(told).toBe(0);
    plugin.reset();
    await decide();
    expect(asked).toBe(2);
  });

  it('is asked for a session elsewhere when it said that it can, before the broker looks', async () => {
    const found = {
      sessionId: 7,
      connectInfo: { fqdn: 'far.lab', netbios: 'FAR', addresses: [{ address: '192.0.2.9', port: 3389 }] },
    };
    const never = async (): Promise<never> => {
      throw new Error('the broker was asked');
    };
    const can = await adapt({ initialize: () => 1, getUserExternalSession: () => found });
    expect(await can.decide(never)).toEqual({
      targetName: '',
      isNewConnection: false,
      external: { fqdn: 'far.lab', endpoints: [{ address: '192.0.2.9', port: 3389 }], hostSessionId: '7' },
    });
    const cannot = await adapt({ initialize: () => 0, getUserExternalSession: () => found });
    expect(await cannot.decide()).toMatchObject({ targetName: 'h1' });
  });

  it('is told of changes by the older numbers', async () => {
    const told: unknown[] = [];
    const { plugin, memory } = await adapt({
      machineChangeNotification: (type, id) => told.push(['machine', type, id]),
      sessionChangeNotification: (type, id, sessions) => told.push(['session', type, id, sessions[0]?.sessionId]),
    });
    told.length = 0;
    const session = await memoryProvider(memory).resourceStore.addSession({
      target: 'h1',
      user: 'carol',
      domain: '',
      state: 'active',
      hostSessionId: '5',
    });
    plugin.notifyTargetChange?.(0x8, sampleTarget('h9'));
    plugin.notifyTargetChange?.(0x10, sampleTarget('h1'));
    plugin.notifyTargetChange?.(0x22, sampleTarget('h1'));
    plugin.notifySessionChange?.('active', session);
    plugin.notifySessionChange?.('logged-off', session);
    expect(told).toEqual([
      ['machine', 4, 4],
      ['machine', 1, 1],
      ['machine', 2, 1],
      ['session', 2, 1, 5],
      ['session', 1, 1, 5],
    ]);
  });

  it('is fit by the kit', async () => {
    const { plugin, memory } = await adapt({});
    const targets = [...memory.targets.values()].filter((one) => !one.drain);
    const { silenced, reset, ...methods } = plugin;
    expect(await checkBrokerPlugin(methods, { targets })).toEqual([]);
  });
});
