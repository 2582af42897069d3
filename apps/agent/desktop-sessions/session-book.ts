import type { MachineSession } from './machine-sessions.ts';
import type { SessionNote } from './noted-sessions.ts';

/** A session that was told of. */
interface Held {
  readonly user: string;
  readonly hostSessionId: string;
  readonly pid: number;
}

/** An X server outlives its session by this at most, milliseconds. */
const afterglowMs = 15_000;

/**
 * What was told of sessions, for the whole list: one that has begun may have no X server yet, and one that has ended may still have it.
 */
export class SessionBook {
  readonly #held = new Map<string, Held>();
  readonly #ended = new Map<string, number>();

  /** `now`: milliseconds of a clock that only goes forward. */
  note(note: SessionNote, now: number): void {
    const { user, hostSessionId, pid } = note;
    const key = `${user} ${hostSessionId}`;
    if (note.what === 'log-on') {
      this.#held.set(key, { user, hostSessionId, pid });
      this.#ended.delete(key);
    } else {
      this.#held.delete(key);
      this.#ended.set(key, now);
    }
  }

  /** Sessions told of whose process is there still, and those of `seen` that did not just end. */
  whole(seen: readonly MachineSession[], isAlive: (pid: number) => boolean, now: number): readonly MachineSession[] {
    for (const [key, held] of this.#held) if (!isAlive(held.pid)) this.#held.delete(key);
    for (const [key, at] of this.#ended) if (now - at > afterglowMs) this.#ended.delete(key);
    const all = new Map<string, MachineSession>();
    for (const { user, hostSessionId } of this.#held.values())
      all.set(`${user} ${hostSessionId}`, { user, hostSessionId, state: 'active' });
    for (const one of seen) {
      const key = `${one.user} ${one.hostSessionId}`;
      if (!this.#ended.has(key)) all.set(key, one);
    }
    return [...all.values()];
  }
}
