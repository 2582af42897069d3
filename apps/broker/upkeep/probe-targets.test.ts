import type { Target, TargetEndpoint, TargetState } from '@atelier/domain/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { expect, it } from 'vitest';
import type { DialFailure } from '../relay/dial-target.ts';
import { probeTargets } from './probe-targets.ts';
import type { UpkeepTools } from './start-upkeep.ts';

/** One round over these targets, whose dialling ends as `dials` says: what was looked at, and how they are afterwards. */
async function roundOver(targets: readonly Target[], dials: Readonly<Record<string, DialFailure['kind'] | 'answers'>>) {
  const looked: string[] = [];
  const now = new Map(targets.map((one) => [one.id, one]));
  const set = (id: string, said: Partial<Target>) => now.set(id, { ...now.get(id)!, ...said });
  const tools = {
    parts: {
      directory: {
        targets: async () => targets,
        target: async (name: string) => [...now.values()].find((one) => one.name === name),
        testAndSetTargetState: async (id: string, next: TargetState) => set(id, { state: next }).get(id)!.state,
        setTargetState: async (id: string, state: TargetState) => set(id, { state }),
        setTargetEndpoints: async (id: string, endpoints: readonly TargetEndpoint[]) => set(id, { endpoints }),
        loseTarget: async () => 0,
      },
      notes: { targetLost: () => {} },
      log: { info: () => {}, warn: () => {} },
    },
    book: {
      turnstile: {
        pass: async (id: string) => {
          const { name } = now.get(id)!;
          looked.push(name);
          return dials[name] === 'answers' ? { socket: { destroy: () => {} }, ms: 1 } : { kind: dials[name], why: '' };
        },
      },
      answers: { note: () => {} },
      cutTarget: () => {},
    },
  };
  await probeTargets(tools as unknown as UpkeepTools, new Map(), new AbortController().signal);
  return { looked, states: [...now.values()].map(({ name, state, endpoints }) => ({ name, state, endpoints })) };
}

const fqdn = 'pc7.example.org';
const named = (name: string, said: Partial<Target> = {}) => sampleTarget(name, { fqdn, endpoints: [], ...said });
const byName = [{ address: fqdn, port: 3389 }];

it('finds targets by their names in DNS alone, and keeps where they answered', async () => {
  const targets = [
    named('new', { state: 'unknown' }),
    named('said-to-be-up'),
    named('absent', { state: 'unknown' }),
    named('nowhere', { fqdn: null, state: 'unknown' }),
  ];
  const { looked, states } = await roundOver(targets, { new: 'answers', 'said-to-be-up': 'answers', absent: 'dead' });
  expect(looked).toEqual(['new', 'said-to-be-up', 'absent']);
  expect(states).toEqual([
    { name: 'new', state: 'running', endpoints: byName },
    { name: 'said-to-be-up', state: 'running', endpoints: byName },
    { name: 'absent', state: 'unknown', endpoints: [] },
    { name: 'nowhere', state: 'unknown', endpoints: [] },
  ]);
});

it('loses a running target where it is known to listen, not where it was only guessed', async () => {
  const endpoints = [{ address: fqdn, port: 3390 }];
  const targets = [named('known', { endpoints }), named('guessed')];
  const { states } = await roundOver(targets, { known: 'dead', guessed: 'dead' });
  expect(states).toEqual([
    { name: 'known', state: 'down', endpoints },
    { name: 'guessed', state: 'running', endpoints: [] },
  ]);
});
