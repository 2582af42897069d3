import type { ConnectionRequest, LoadBalanceResult, Session, Target } from '@atelier/domain/broker';
import { type BrokerPlugin, SbError } from '@atelier/plugin-kit/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { describe, expect, it } from 'vitest';
import type { Claim, ClaimRefusal, SessionDirectory } from '../session-directory/index.ts';
import { createChain } from './create-chain.ts';
import { decideTarget } from './decide-target.ts';
import { directoryLoadBalancing } from './directory-load-balancing.ts';
import { registered, sampleBuiltIn, sampleDecision } from './testing/sample-decision.ts';

type Part = Pick<SessionDirectory, 'claimLeastLoaded' | 'claimTarget' | 'releaseClaim' | 'targets' | 'liveSession'>;

/** As much of a directory as deciding needs, with a record of what was asked. */
function fakeDirectory(names: readonly string[], full: readonly string[] = []) {
  const asked: string[] = [];
  const targets = names.map((name) => sampleTarget(name));
  const live: { session: Session | null } = { session: null };
  let count = 0;
  const claim = (request: ConnectionRequest, target: Target): Claim => ({
    session: { id: `s${++count}`, target: target.name, userId: request.userId } as Session,
    target,
    result: { targetName: target.name, isNewConnection: true },
  });
  const directory: Part = {
    liveSession: async () => live.session,
    targets: async ({ after, limit = 500 }) => targets.filter((one) => !after || one.name > after).slice(0, limit),
    claimLeastLoaded: async (request, _, limits): Promise<Claim | ClaimRefusal> => {
      asked.push(`least ${(limits?.not ?? []).join(',')}`);
      const target = targets.find((one) => !limits?.not?.includes(one.name));
      return target ? claim(request, target) : { kind: 'no-target' };
    },
    claimTarget: async (request, _, result): Promise<Claim | ClaimRefusal> => {
      asked.push(`claim ${result.targetName}`);
      if (full.includes(result.targetName)) return { kind: 'not-available', why: 'full' };
      return claim(request, targets.find((one) => one.name === result.targetName)!);
    },
    releaseClaim: async (id, why) => {
      asked.push(`release ${id} ${why}`);
    },
  };
  const decide = (plugins: readonly BrokerPlugin[] = [], decision = sampleDecision()) =>
    decideTarget(
      createChain({
        plugIns: plugins.map((plugin) => registered(plugin, { allowExternal: true })),
        builtIn: sampleBuiltIn(directoryLoadBalancing(directory)),
        findTarget: async (name) => targets.find((one) => one.name === name) ?? null,
      }),
      directory,
      decision,
    );
  return { directory, asked, decide, live };
}

const to = (targetName: string): LoadBalanceResult => ({ targetName, isNewConnection: true });

describe('deciding', () => {
  it('claims in one go when no plug-in has a say', async () => {
    const { decide, asked } = fakeDirectory(['a', 'b']);
    expect(await decide()).toMatchObject({ kind: 'claim', claim: { target: { name: 'a' } } });
    expect(asked).toEqual(['least ']);
  });

  it('claims what a plug-in chose, and gives up what the broker had claimed for it', async () => {
    const { decide, asked } = fakeDirectory(['a', 'b']);
    const over: BrokerPlugin = { name: 'over', getMostSuitableTarget: (_, __, next) => next().then(() => to('b')) };
    expect(await decide([over])).toMatchObject({ claim: { target: { name: 'b' } } });
    expect(asked).toEqual(['least ', 'release s1 cancelled', 'claim b']);
  });

  it('keeps the place that the user had before, which may be of another connection', async () => {
    const { decide, asked, live } = fakeDirectory(['a', 'b']);
    live.session = { id: 's1', target: 'a' } as Session;
    const decision = sampleDecision();
    const over: BrokerPlugin = { name: 'over', getMostSuitableTarget: (_, __, next) => next().then(() => to('b')) };
    expect(await decide([over], decision)).toMatchObject({ claim: { session: { id: 's1' }, target: { name: 'a' } } });
    expect(asked).toEqual(['least ']);
    expect(decision.trace.finish('a').steps.at(-1)).toMatchObject({
      outcome: 'kept',
      detail: "the user's session on a",
    });
  });

  it('leaves nothing claimed when a plug-in refuses after it asked below', async () => {
    const { decide, asked } = fakeDirectory(['a']);
    const no: BrokerPlugin = {
      name: 'no',
      getMostSuitableTarget: async (_, __, next) => {
        await next();
        throw new SbError('access-denied');
      },
    };
    await expect(decide([no])).rejects.toMatchObject({ code: 'access-denied' });
    expect(asked).toEqual(['least ', 'release s1 cancelled']);
  });

  it('decides anew when the target was taken meanwhile', async () => {
    const { decide, asked } = fakeDirectory(['a', 'b'], ['b']);
    const decision = sampleDecision();
    expect(await decide([{ name: 'p', getMostSuitableTarget: () => to('b') }], decision)).toMatchObject({
      claim: { target: { name: 'a' } },
    });
    expect(asked).toEqual(['claim b', 'least b']);
    expect(decision.trace.finish('a').steps.map((one) => `${one.by} ${one.outcome}`)).toEqual([
      'p chose',
      'atelier refused',
      'p failed',
      'atelier chose',
    ]);
  });

  it('takes away what filters removed, page by page, but never the target of the session that is there', async () => {
    const names = Array.from({ length: 1201 }, (_, n) => `t${String(n).padStart(4, '0')}`);
    const { decide, live } = fakeDirectory(names);
    live.session = { target: 't0003' } as Session;
    const pages: number[] = [];
    const filter: BrokerPlugin = {
      name: 'even',
      filterTargets: (_, all) => {
        pages.push(all.length);
        return all.filter((one) => one.name !== 't1200').map((one) => ({ targetName: one.name, reason: 'closed' }));
      },
    };
    const decision = sampleDecision();
    expect(await decide([filter], decision)).toMatchObject({ claim: { target: { name: 't0003' } } });
    expect(pages).toEqual([499, 500, 201]);
    expect(decision.trace.finish('t0003')).toMatchObject({
      candidates: 1201,
      removed: [{ reason: 'closed', count: 1199 }],
    });
  });

  it('goes to a machine that is no target when a plug-in that may says so', async () => {
    const { decide, asked } = fakeDirectory(['a']);
    const external = { fqdn: 'old.lab', endpoints: [{ address: '192.0.2.9', port: 3389 }], hostSessionId: '3' };
    const plugin: BrokerPlugin = { name: 'old', getMostSuitableTarget: () => ({ ...to(''), external }) };
    expect(await decide([plugin])).toEqual({ kind: 'external', machine: external });
    expect(asked).toEqual([]);
  });

  it('fails with no-target when there is none', async () => {
    const { decide } = fakeDirectory([]);
    await expect(decide()).rejects.toMatchObject({ name: 'SbError', code: 'no-target' });
  });
});
