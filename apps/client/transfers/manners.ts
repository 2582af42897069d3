import {
  type Conditions,
  type Hold,
  type Pace,
  paceOf,
  type TransferPolicy,
  type Wish,
} from '@atelier/domain/transfers';
import type { ClientDatabase } from '../state/client-database.ts';

/** What a person says of all transfers at once. */
export type HoldWord = 'pause' | 'resume' | 'now';

/** Knows whether transfers may go on: policy, clock, battery, link, and the person's own word. */
export interface Manners {
  paceOf(wish: Wish): Pace;
  readonly conditions: Pick<Conditions, 'battery' | 'metered'>;
  readonly hold: Hold;
  say(word: HoldWord): void;
  /** Looks at the computer's condition again, unless that was done a moment ago. */
  look(): Promise<void>;
  /** Has `changed` called when the pace may be another one, until the answer is called. Only while somebody watches anything is looked at. */
  watch(changed: () => void): () => void;
  /** The policy changed. */
  reconsider(): void;
}

export interface MannersParts {
  readonly database: ClientDatabase;
  readonly policy: () => TransferPolicy;
  readonly battery: () => Promise<boolean>;
  readonly metered: () => Promise<boolean | null>;
  readonly now?: () => Date;
  /** How often the condition is looked at while a transfer wants to go on. */
  readonly everyMs?: number;
}

const note = 'transfers.hold';
const freshMs = 2000;

export function openManners(parts: MannersParts): Manners {
  const { database, policy, now = () => new Date(), everyMs = 10_000 } = parts;
  const listeners = new Set<() => void>();
  let conditions = { battery: false, metered: null as boolean | null };
  let lookedAt = Number.NEGATIVE_INFINITY;
  let hold: Hold = { pausedAt: database.note<number>(note) ?? null, anyway: false };
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const look = async () => {
    if (performance.now() - lookedAt < freshMs) return;
    lookedAt = performance.now();
    const { onBattery, onMetered, metered } = policy();
    // nothing is asked whose answer nobody needs
    conditions = {
      battery: onBattery === 'pause' && (await parts.battery()),
      metered: onMetered === 'pause' && metered === 'detect' ? await parts.metered() : null,
    };
  };
  return {
    paceOf: (wish) => {
      const at = now();
      const clock = { at: at.getTime(), weekMinute: weekMinute(at) };
      return paceOf(policy(), { clock, ...conditions }, wish, hold);
    },
    get conditions() {
      return conditions;
    },
    get hold() {
      return hold;
    },
    say: (word) => {
      const pausedAt = word === 'pause' ? now().getTime() : null;
      hold = { pausedAt, anyway: word === 'now' };
      database.setNote(note, pausedAt ?? undefined);
      tell();
    },
    look,
    watch: (changed) => {
      listeners.add(changed);
      timer ??= setInterval(() => void look().then(tell), everyMs);
      return () => {
        listeners.delete(changed);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
        // "now anyway" was said of what was under way
        hold = { ...hold, anyway: false };
      };
    },
    reconsider: () => {
      lookedAt = Number.NEGATIVE_INFINITY;
      void look().then(tell);
    },
  };
}

/** Minutes since Monday 00:00 by the computer's own time zone. */
function weekMinute(at: Date): number {
  return ((at.getDay() + 6) % 7) * 24 * 60 + at.getHours() * 60 + at.getMinutes();
}
