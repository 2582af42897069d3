import type { LoadBalanceResult } from '@atelier/domain/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { expect, it } from 'vitest';
import type { ChainPlugIn } from './chain-plug-in.ts';
import { reloadableChain } from './reloadable-chain.ts';
import { registered, sampleBuiltIn, sampleDecision } from './testing/sample-decision.ts';

it('asks new plug-ins from the next decision on, and ends old ones when their decisions are over', async () => {
  const ended: string[] = [];
  const waiting = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const plugIn = (name: string, targetName: string, wait = false): ChainPlugIn =>
    registered({
      name,
      getMostSuitableTarget: async (): Promise<LoadBalanceResult> => {
        asked.resolve();
        if (wait) await waiting.promise;
        return { targetName, isNewConnection: true };
      },
      terminate: () => {
        ended.push(name);
      },
    });
  let loads: (readonly ChainPlugIn[])[] = [[plugIn('old', 'h2', true)], [plugIn('new', 'h3')]];
  const chain = await reloadableChain(
    async () => {
      const next = loads.shift();
      if (!next) throw new Error('the folder cannot be read');
      return next;
    },
    { builtIn: sampleBuiltIn(), findTarget: async (name) => sampleTarget(name) },
  );
  const slow = chain.getMostSuitableTarget(sampleDecision());
  await asked.promise;
  await chain.reload();
  expect((await chain.getMostSuitableTarget(sampleDecision())).targetName).toBe('h3');
  expect(ended).toEqual([]);
  waiting.resolve();
  expect((await slow).targetName).toBe('h2');
  await expect.poll(() => ended).toEqual(['old']);

  await expect(chain.reload()).rejects.toThrow(/cannot be read/);
  expect((await chain.getMostSuitableTarget(sampleDecision())).targetName).toBe('h3');
  loads = [[]];
  await chain.reload();
  expect((await chain.getMostSuitableTarget(sampleDecision())).targetName).toBe('h1');
  await chain.stop();
  expect(ended).toEqual(['old', 'new']);
});
