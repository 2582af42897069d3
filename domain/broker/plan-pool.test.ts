import { describe, expect, it } from 'vitest';
import { type PoolVm, type PoolWanted, planPool } from './plan-pool.ts';

const wanted: PoolWanted = { size: 5, spares: 2, version: 2, afterUse: 'revert' };
const vm = (name: string, more: Partial<PoolVm> = {}): PoolVm => ({
  name,
  state: 'running',
  free: true,
  owned: false,
  used: false,
  version: 2,
  ...more,
});
const nothing = { renew: [], remove: [], start: [], stop: [], add: 0 };

describe('the plan of a pool', () => {
  it('makes what is missing, those that are there but stopped first, never more than there may be', () => {
    expect(planPool([], wanted)).toEqual({ ...nothing, add: 2 });
    expect(planPool([vm('a', { state: 'stopped' })], wanted)).toEqual({ ...nothing, start: ['a'], add: 1 });
    const taken = ['a', 'b', 'c', 'd'].map((name) => vm(name, { free: false }));
    expect(planPool(taken, wanted)).toEqual({ ...nothing, add: 1 });
    expect(planPool([...taken, vm('e', { free: false })], wanted)).toEqual(nothing);
    expect(planPool([vm('a'), vm('b', { state: 'starting' })], wanted)).toEqual(nothing);
  });
  it('stops what runs for nobody', () => {
    expect(planPool([vm('a'), vm('b'), vm('c')], wanted)).toEqual({ ...nothing, stop: ['a'] });
  });
  it('renews or replaces what was used, once nobody is on it', () => {
    const vms = [vm('a', { used: true }), vm('b', { used: true, free: false }), vm('c'), vm('d')];
    expect(planPool(vms, wanted)).toEqual({ ...nothing, renew: ['a'] });
    expect(planPool(vms, { ...wanted, afterUse: 'destroy' })).toEqual({ ...nothing, remove: ['a'] });
  });
  it('rolls a new version on, and leaves people where they are', () => {
    const vms = [vm('a', { version: 1 }), vm('b', { version: 1, free: false }), vm('c', { version: 1, owned: true })];
    expect(planPool(vms, wanted)).toEqual({ ...nothing, renew: ['a'], add: 2 });
  });
  it('shrinks by those that nobody would miss first', () => {
    const vms = [vm('a'), vm('b', { state: 'stopped' }), vm('c', { used: true }), vm('d', { free: false })];
    expect(planPool(vms, { ...wanted, size: 2 })).toEqual({ ...nothing, remove: ['c', 'b'] });
    const owned = [vm('a', { owned: true }), vm('b', { owned: true })];
    expect(planPool(owned, { ...wanted, size: 1, spares: 0 })).toEqual(nothing);
  });
  it('comes to an end: done, there is nothing to do', () => {
    let vms: readonly PoolVm[] = [
      vm('a', { version: 1 }),
      vm('b', { used: true }),
      vm('c'),
      vm('d', { state: 'stopped' }),
    ];
    for (let round = 0; round < 4; round++) {
      const plan = planPool(vms, wanted);
      const made = Array.from({ length: plan.add }, (_, n) => vm(`new-${round}-${n}`, { state: 'stopped' }));
      vms = [...vms, ...made]
        .filter((one) => !plan.remove.includes(one.name))
        .map((one) => {
          if (plan.renew.includes(one.name)) return vm(one.name, { state: 'stopped' });
          if (plan.start.includes(one.name)) return { ...one, state: 'running' as const };
          return plan.stop.includes(one.name) ? { ...one, state: 'stopped' as const } : one;
        });
    }
    expect(planPool(vms, wanted)).toEqual(nothing);
  });
});
