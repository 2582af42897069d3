import { targetChange } from '@atelier/plugin-kit/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { expect, it } from 'vitest';
import { targetChangeOf } from './target-change.ts';

it('names what is different, all at once, and says nothing certain of a target that was not known', () => {
  const before = sampleTarget('h1', { state: 'starting', endpoints: [] });
  const now = { ...before, state: 'running' as const, endpoints: [{ address: '192.0.2.7', port: 3389 }] };
  expect(targetChangeOf(before, now)).toBe(targetChange.state | targetChange.externalIp);
  expect(targetChangeOf(now, { ...now, collection: 'other' })).toBe(targetChange.farmMembership);
  expect(targetChangeOf(now, { ...now, weight: 7 })).toBe(targetChange.unspecified);
  expect(targetChangeOf(null, now)).toBe(targetChange.unspecified);
});
