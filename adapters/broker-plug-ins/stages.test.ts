import type { LoadBalanceResult, Target } from '@atelier/domain/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { describe, expect, it } from 'vitest';
import type { ChainPlugIn } from './chain-plug-in.ts';
import { createChain } from './create-chain.ts';
import { registered, sampleBuiltIn, sampleDecision } from './testing/sample-decision.ts';

const targets: Readonly<Record<string, Target>> = { h1: sampleTarget('h1'), h2: sampleTarget('h2') };
const to = (targetName: string): LoadBalanceResult => ({ targetName, isNewConnection: true });
const chainOf = (plugIns: readonly ChainPlugIn[]) =>
  createChain({ plugIns, builtIn: sampleBuiltIn(), findTarget: async (name) => targets[name] ?? null });

describe('filters, placement and orchestration', () => {
  it('lets every filter take away, and keeps what is gone from being chosen', async () => {
    const filter = (name: string, gone: string): ChainPlugIn =>
      registered({
        name,
        filterTargets: (_, all) =>
          all.filter((one) => one.name === gone).map((one) => ({ targetName: one.name, reason: name })),
      });
    const chain = chainOf([
      filter('site', 'h2'),
      filter('hours', 'h2'),
      registered({ name: 'odd', filterTargets: () => [{ targetName: 'h7', reason: 'x' }] }),
      registered({ name: 'wants', getMostSuitableTarget: () => to('h2') }),
    ]);
    const decision = sampleDecision();
    expect(await chain.filterTargets(decision, [[targets.h1!], [targets.h2!]])).toEqual([
      { targetName: 'h2', reason: 'hours' },
    ]);
    expect((await chain.getMostSuitableTarget(decision)).targetName).toBe('h1');
    const trace = decision.trace.finish('h1');
    expect(trace.removed).toEqual([{ reason: 'hours', count: 1, examples: ['h2'] }]);
    expect(chain.statuses().find((one) => one.name === 'odd')?.lastError?.message).toMatch(/no candidate/);
    expect(chain.statuses().find((one) => one.name === 'wants')?.lastError?.message).toMatch(/removed before/);
  });

  it('asks a filter that fails once for a decision, however many candidates there are', async () => {
    let asked = 0;
    const chain = chainOf([
      registered({
        name: 'failing',
        filterTargets: () => {
          asked += 1;
          throw new Error('oh');
        },
      }),
    ]);
    const decision = sampleDecision();
    await chain.filterTargets(decision, Array(20).fill([targets.h1!]));
    expect([asked, chain.statuses()[0]]).toMatchObject([1, { state: 'ready', failuresInRow: 1 }]);
    await chain.filterTargets(sampleDecision(), [[targets.h1!]]);
    expect(asked).toBe(2);
  });

  it('hands environment and context from stage to stage', async () => {
    const chain = chainOf([
      registered({
        name: 'vm',
        queryEnvironmentForTarget: async (connection) => {
          await connection.putContext('rack', { row: 3 });
          return { name: 'blade7', serverWeight: 100, properties: {} };
        },
        prepareTargetForConnect: async (connection, target, sink) => {
          sink.report('vm-booting', `in ${connection.environment}`);
          const { row } = (await connection.getContext('rack')) as { row: number };
          return { targetName: target.name, endpoints: [{ address: `10.0.0.${row}`, port: 3389 }] };
        },
      }),
    ]);
    const reports: unknown[] = [];
    const decision = sampleDecision({ sink: { report: (...given) => reports.push(given) } });
    await chain.queryEnvironmentForTarget(decision, targets.h1!);
    expect(await chain.prepareTargetForConnect(decision, targets.h1!)).toEqual({
      targetName: 'h1',
      endpoints: [{ address: '10.0.0.3', port: 3389 }],
    });
    expect(reports).toEqual([['vm-booting', 'in blade7']]);
  });

  it('takes another target, or none of its addresses, for a failure', async () => {
    for (const value of [
      { targetName: 'h2', endpoints: [{ address: 'a', port: 1 }] },
      { targetName: 'h1', endpoints: [] },
    ]) {
      const chain = chainOf([registered({ name: 'odd', prepareTargetForConnect: () => value })]);
      expect(await chain.prepareTargetForConnect(sampleDecision(), targets.h1!)).toMatchObject({
        targetName: 'h1',
        endpoints: targets.h1!.endpoints,
      });
      expect(chain.statuses()[0]?.failures).toBe(1);
    }
  });

  it('tells those who want to know, and nobody minds what they throw', async () => {
    const told: unknown[] = [];
    const chain = chainOf([
      registered({
        name: 'throws',
        notifyTargetChange: () => {
          throw new Error('no');
        },
      }),
      registered({
        name: 'told',
        notifyTargetChange: (change, target) => {
          told.push([change, target.name]);
        },
      }),
      registered(
        {
          name: 'elsewhere',
          notifyTargetChange: () => {
            told.push('wrong');
          },
        },
        { collections: ['lab'] },
      ),
    ]);
    chain.notify.notifyTargetChange(0x20, targets.h1!);
    await expect.poll(() => told).toEqual([[0x20, 'h1']]);
  });
});
