import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { giveMemoryBack } from './give-memory-back.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('collects once after work, when the process rests, and not while it works', () => {
  let cpu = 700;
  let collections = 0;
  const stop = giveMemoryBack({ cpuMs: () => cpu, collect: () => collections++, everyMs: 100 });
  const after = (work: number) => {
    cpu += work;
    vi.advanceTimersByTime(100);
    return collections;
  };
  expect(after(0)).toBe(1); // the start
  expect([after(1), after(1)]).toEqual([1, 1]);
  expect([after(500), after(400)]).toEqual([1, 1]); // at work
  expect([after(1), after(1)]).toEqual([2, 2]);
  stop();
  after(500);
  expect(after(1)).toBe(2);
});

it('does nothing where garbage cannot be collected', () => {
  giveMemoryBack({ cpuMs: () => 0, collect: undefined })();
  expect(vi.getTimerCount()).toBe(0);
});
