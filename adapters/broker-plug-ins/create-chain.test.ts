import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadBalanceResult, Target } from '@atelier/domain/broker';
import { type BrokerPlugin, SbError } from '@atelier/plugin-kit/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { describe, expect, it } from 'vitest';
import type { BuiltIn } from './broker-chain.ts';
import type { ChainPlugIn } from './chain-plug-in.ts';
import { createChain } from './create-chain.ts';
import type { Decision } from './decision.ts';
import { registered, sampleBuiltIn, sampleDecision } from './testing/sample-decision.ts';

const targets: Readonly<Record<string, Target>> = {
  h1: sampleTarget('h1'),
  h2: sampleTarget('h2'),
  drained: sampleTarget('drained', { drain: true }),
  down: sampleTarget('down', { state: 'down' }),
  foreign: sampleTarget('foreign', { collection: 'lab' }),
};
const findTarget = async (name: string) => targets[name] ?? null;
const to = (targetName: string): LoadBalanceResult => ({ targetName, isNewConnection: true });

const chainOf = (plugIns: readonly ChainPlugIn[], builtIn: Partial<BuiltIn> = {}, now?: () => number) =>
  createChain({ plugIns, builtIn: sampleBuiltIn(builtIn), findTarget, now });
const balancer = (name: string, getMostSuitableTarget: BrokerPlugin['getMostSuitableTarget']): BrokerPlugin => ({
  name,
  getMostSuitableTarget,
});
const said = (decision: Decision) => decision.trace.finish(null).steps.map((one) => `${one.by} ${one.outcome}`);

describe('the chain', () => {
  it('asks by priority: the first that gives a value decides, the others are not asked', async () => {
    let asked = 0;
    const chain = chainOf(
      [
        registered(
          balancer('low', () => to('h1')),
          { priority: 1 },
        ),
        registered(
          balancer('high', () => undefined),
          { priority: 9 },
        ),
        registered(
          balancer('middle', () => to('h2')),
          { priority: 5 },
        ),
      ],
      {
        getMostSuitableTarget: () => {
          asked++;
          return to('h1');
        },
      },
    );
    const decision = sampleDecision();
    expect(await chain.getMostSuitableTarget(decision)).toEqual(to('h2'));
    expect(said(decision)).toEqual(['high passed', 'middle chose']);
    expect(asked).toBe(0);
    expect(decision.connection.loadBalanceResult).toEqual(to('h2'));
  });

  it('gives what those below decided, once however often it is asked for', async () => {
    let asked = 0;
    const seen: string[] = [];
    const chain = chainOf(
      [
        registered(
          balancer('adjusts', async (_, __, next) => {
            const [a, b] = await Promise.all([next(), next()]);
            seen.push(a.targetName, b.targetName);
            return a.targetName === 'h1' ? to('h2') : a;
          }),
        ),
      ],
      {
        getMostSuitableTarget: () => {
          asked++;
          return to('h1');
        },
      },
    );
    const decision = sampleDecision();
    expect((await chain.getMostSuitableTarget(decision)).targetName).toBe('h2');
    expect([asked, seen]).toEqual([1, ['h1', 'h1']]);
    expect(said(decision)).toEqual(['atelier chose', 'adjusts chose']);
  });

  it('goes on without a plug-in that throws, also after it asked below: the broker decides once', async () => {
    let asked = 0;
    const chain = chainOf(
      [
        registered(
          balancer('a', () => {
            throw new Error('no luck');
          }),
          { priority: 2 },
        ),
        registered(
          balancer('b', async (_, __, next) => {
            await next();
            throw new Error('no luck');
          }),
          { priority: 1 },
        ),
      ],
      {
        getMostSuitableTarget: () => {
          asked++;
          return to('h1');
        },
      },
    );
    const decision = sampleDecision();
    expect(await chain.getMostSuitableTarget(decision)).toEqual(to('h1'));
    expect(said(decision)).toEqual(['a failed', 'atelier chose', 'b failed']);
    expect(asked).toBe(1);
    expect(chain.statuses().map((one) => [one.name, one.failures, one.lastError?.message])).toEqual([
      ['a', 1, 'no luck'],
      ['b', 1, 'no luck'],
    ]);
  });

  it.each([
    ['an unknown target', to('h9'), /there is no target h9/],
    ['a drained one', to('drained'), /is drained/],
    ['one that is down', to('down'), /is down/],
    ['one of another collection', to('foreign'), /of another collection/],
    ['a number', 17, /its answer is none/],
    ['half a result', { targetName: 'h1' }, /isNewConnection/],
    [
      'a foreign machine',
      { ...to(''), external: { fqdn: 'x', endpoints: [{ address: 'x', port: 1 }], hostSessionId: '' } },
      /does not allow/,
    ],
  ])('takes %s for a failure', async (_, value, message) => {
    const chain = chainOf([registered(balancer('odd', () => value as LoadBalanceResult))]);
    const decision = sampleDecision();
    expect(await chain.getMostSuitableTarget(decision)).toEqual(to('h1'));
    expect(chain.statuses()[0]?.lastError?.message).toMatch(message);
    expect(said(decision)).toEqual(['odd failed', 'atelier chose']);
  });

  it('fails the connection when a plug-in says so by SbError, or must not fail and does', async () => {
    const refuse = chainOf([
      registered(
        balancer('no', () => {
          throw new SbError('access-denied', 'not on Sundays');
        }),
      ),
    ]);
    await expect(refuse.getMostSuitableTarget(sampleDecision())).rejects.toMatchObject({ code: 'access-denied' });
    expect(refuse.statuses()[0]?.failures).toBe(0);
    const must = chainOf([
      registered(
        balancer('must', () => {
          throw new Error('no');
        }),
        { onFailure: 'fail-connection' },
      ),
    ]);
    await expect(must.getMostSuitableTarget(sampleDecision())).rejects.toMatchObject({ code: 'cannot-connect' });
    const soft = chainOf([
      registered(
        balancer('soft', () => {
          throw new SbError('no-target', 'none', { fatal: false });
        }),
      ),
    ]);
    expect(await soft.getMostSuitableTarget(sampleDecision())).toEqual(to('h1'));
  });

  it('does not blame a plug-in for what those below threw', async () => {
    const chain = chainOf([registered(balancer('asks', async (_, __, next) => next()))], {
      getMostSuitableTarget: () => {
        throw new SbError('no-target');
      },
    });
    await expect(chain.getMostSuitableTarget(sampleDecision())).rejects.toMatchObject({ code: 'no-target' });
    expect(chain.statuses()[0]).toMatchObject({ failures: 0, failuresInRow: 0 });
    const catches = chainOf([registered(balancer('catches', (_, __, next) => next().catch(() => to('h2'))))], {
      getMostSuitableTarget: () => {
        throw new SbError('no-target');
      },
    });
    expect(await catches.getMostSuitableTarget(sampleDecision())).toEqual(to('h2'));
  });

  it('ends a step when its time is over, and does not count the time below', async () => {
    let aborted = false;
    const hangs = balancer('hangs', (connection) => {
      connection.signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise(() => undefined);
    });
    const patient = balancer('patient', async (_, __, next) => next());
    const chain = chainOf(
      [
        registered(hangs, { priority: 1, budgets: { 'load-balancing': 100 } }),
        registered(patient, { priority: 2, budgets: { 'load-balancing': 60 } }),
      ],
      {
        getMostSuitableTarget: async () => {
          await sleep(80);
          return to('h1');
        },
      },
    );
    const decision = sampleDecision();
    expect(await chain.getMostSuitableTarget(decision)).toEqual(to('h1'));
    expect(said(decision)).toEqual(['hangs timed-out', 'atelier chose', 'patient chose']);
    expect(aborted).toBe(true);
    const took = decision.trace.finish(null).steps.at(-1)!.tookMs;
    expect(took).toBeLessThan(60);
    expect(chain.statuses().map((one) => one.timeOuts)).toEqual([0, 1]);
  });

  it('refuses next() to a plug-in whose step is over: the broker does not decide twice', async () => {
    let later: (() => Promise<unknown>) | undefined;
    let asked = 0;
    const chain = chainOf(
      [
        registered(
          balancer('late', (_, __, next) => {
            later = next;
            return to('h2');
          }),
        ),
      ],
      {
        getMostSuitableTarget: () => {
          asked++;
          return to('h1');
        },
      },
    );
    expect(await chain.getMostSuitableTarget(sampleDecision())).toEqual(to('h2'));
    await expect(later?.()).rejects.toThrow(/the step is over/);
    expect(asked).toBe(0);
  });

  it('stops when the client goes away', async () => {
    const client = new AbortController();
    const chain = chainOf([registered(balancer('hangs', () => new Promise(() => undefined)))]);
    const deciding = chain.getMostSuitableTarget(sampleDecision({ signal: client.signal }));
    client.abort();
    await expect(deciding).rejects.toMatchObject({ code: 'cancelled' });
    expect(chain.statuses()[0]).toMatchObject({ failures: 0, timeOuts: 0 });
    await expect(chain.getMostSuitableTarget(sampleDecision({ signal: client.signal }))).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('suspends a plug-in after three failures in a row, tries it with one call afterwards, and can be reset', async () => {
    let now = 1_000_000;
    let works = false;
    let calls = 0;
    const chain = chainOf(
      [
        registered(
          balancer('odd', () => {
            calls++;
            if (works) return to('h2');
            throw new Error('no');
          }),
        ),
      ],
      {},
      () => now,
    );
    const decide = async () => (await chain.getMostSuitableTarget(sampleDecision())).targetName;
    for (let n = 0; n < 5; n++) await decide();
    expect(calls).toBe(3);
    expect(chain.statuses()[0]).toMatchObject({
      state: 'suspended',
      failuresInRow: 3,
      suspendedUntil: new Date(now + 60_000),
    });
    now += 60_000;
    await Promise.all([decide(), decide(), decide()]);
    expect(calls).toBe(4);
    works = true;
    expect(await decide()).toBe('h1');
    expect(chain.reset('odd')).toBe(true);
    expect(chain.reset('nobody')).toBe(false);
    expect(await decide()).toBe('h2');
    expect(chain.statuses()[0]).toMatchObject({ state: 'ready', failuresInRow: 0 });
  });

  it('asks a plug-in for its collections only', async () => {
    const chain = chainOf([
      registered(
        balancer('lab', () => to('h2')),
        { collections: ['lab'] },
      ),
    ]);
    expect((await chain.getMostSuitableTarget(sampleDecision())).targetName).toBe('h1');
    expect([chain.takesPart('load-balancing', 'lab'), chain.takesPart('load-balancing', 'office')]).toEqual([
      true,
      false,
    ]);
  });

  it('refuses two of one name', () => {
    expect(() => chainOf([registered({ name: 'a' }), registered({ name: 'a' })])).toThrow(/two plug-ins/);
    expect(() => chainOf([registered({ name: 'atelier' })])).toThrow(/two plug-ins/);
  });
});
