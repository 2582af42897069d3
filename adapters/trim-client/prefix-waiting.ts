import type { TransferPlan } from '@atelier/trim';
import { isPrefixThere } from './prefix-blocks.ts';
import type { TransferShared } from './transfer-tasks.ts';

/**
 * Lets frames that have come wait until their prefix is on the disk. A prefix comes from local sources, which are copied
 * first, or from frames that are asked for earlier, so that whoever waits never waits for somebody behind.
 */
export class PrefixWaiting {
  readonly #shared: TransferShared;
  /** by frame: 1 while it may still come */
  readonly #open: Uint8Array;
  readonly #waiters = new Set<() => void>();
  #localOpen = true;

  constructor(shared: TransferShared, plan: TransferPlan) {
    this.#shared = shared;
    this.#open = new Uint8Array(shared.frames.count);
    for (const { frames } of plan.requests) for (const { frame } of frames) this.#open[frame] = 1;
  }

  /** True when the prefix of `frame` is there; false when it will not come, or the run was stopped. */
  async forPrefix(frame: number, stop: AbortSignal): Promise<boolean> {
    while (!isPrefixThere(this.#shared, frame)) {
      if (stop.aborted || !this.#mayCome(frame)) return false;
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
    return true;
  }

  /** A frame was opened, or was not right. */
  settled(frame: number): void {
    this.#open[frame] = 0;
    this.beat();
  }

  /** What local sources give for prefixes is there. */
  noMoreLocal(): void {
    this.#localOpen = false;
    this.beat();
  }

  /** Something was written, or the run stops: whoever waits looks again. */
  beat(): void {
    for (const resume of this.#waiters) resume();
    this.#waiters.clear();
  }

  #mayCome(frame: number): boolean {
    const { first, prefix } = this.#shared.frames;
    const from = (first[frame] as number) - (prefix[frame] as number);
    if (this.#localOpen) return true;
    for (let before = frame - 1; before >= 0 && (first[before + 1] as number) > from; before--)
      if (this.#open[before] === 1) return true;
    return false;
  }
}
