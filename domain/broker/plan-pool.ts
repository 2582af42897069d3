import type { TargetState } from './target-state.ts';

/** A machine of a pool, as it stands. */
export interface PoolVm {
  readonly name: string;
  readonly state: TargetState;
  /** Nobody is on it or on the way to it. */
  readonly free: boolean;
  /** It belongs to somebody, and is kept for them. */
  readonly owned: boolean;
  /** Somebody was on it since its disk was made. */
  readonly used: boolean;
  /** The version of the image that its disk was made of. */
  readonly version: number;
}

/** What a pool shall be. */
export interface PoolWanted {
  readonly size: number;
  readonly spares: number;
  readonly version: number;
  readonly afterUse: 'revert' | 'destroy';
}

/** What is to be done next; `add` makes that many. */
export interface PoolPlan {
  /** Their disks are thrown away and made anew at the next start. */
  readonly renew: readonly string[];
  readonly remove: readonly string[];
  readonly start: readonly string[];
  readonly stop: readonly string[];
  readonly add: number;
}

const warmStates: readonly TargetState[] = ['running', 'starting', 'initializing'];

/**
 * Compares a pool with what it shall be. Machines that somebody is on are left alone, whatever version they have, and those that belong to somebody
 * always. Doing what the plan says and planning again comes to an end: a plan with nothing to do.
 */
export function planPool(vms: readonly PoolVm[], wanted: PoolWanted): PoolPlan {
  const loose = vms.filter((one) => one.free && !one.owned);
  const excess = Math.max(0, vms.length - wanted.size);
  const stale = loose.filter((one) => one.used || one.version !== wanted.version);
  const fresh = loose.filter((one) => !stale.includes(one));
  // What has to go goes first from those that would have to be made anew, then from those that do not run.
  const going = [...stale, ...fresh.toSorted((a, b) => warmth(a) - warmth(b))].slice(0, excess);
  const left = stale.filter((one) => !going.includes(one));
  const [remove, renew] = wanted.afterUse === 'destroy' ? [[...going, ...left], []] : [going, left];
  const staying = fresh.filter((one) => !going.includes(one));
  const warm = staying.filter((one) => warmStates.includes(one.state));
  const cold = staying.filter((one) => one.state === 'stopped' || one.state === 'hibernated');
  const missing = Math.max(0, wanted.spares - warm.length);
  const start = cold.slice(0, missing);
  const room = Math.max(0, wanted.size - vms.length);
  return {
    renew: renew.map((one) => one.name),
    remove: remove.map((one) => one.name),
    start: start.map((one) => one.name),
    stop: warm
      .filter((one) => one.state === 'running')
      .slice(0, Math.max(0, warm.length - wanted.spares))
      .map((one) => one.name),
    add: Math.min(room, missing - start.length),
  };
}

const warmth = (vm: PoolVm): number => (warmStates.includes(vm.state) ? 1 : 0);
