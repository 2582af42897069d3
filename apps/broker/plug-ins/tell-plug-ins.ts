import type { BrokerChain } from '@atelier/adapters/broker-plug-ins';
import type { Change } from '@atelier/adapters/postgres';
import type { ChangedObjects } from '@atelier/adapters/session-directory';
import type { Target } from '@atelier/domain/broker';
import { targetChange } from '@atelier/plugin-kit/broker';
import type { BrokerLog } from '../broker-parts.ts';
import { targetChangeOf } from './target-change.ts';

/** Changes that wait to be looked up; beyond, the oldest go. */
const mostWaiting = 4000;
/** Targets remembered, to say what is different of them. */
const mostRemembered = 20_000;

/** Tells plug-ins of changes of sessions and targets. */
export interface Teller {
  /** Never waits. Changes of one object that follow each other closely are told as one. */
  changed(change: Pick<Change, 'kind' | 'id' | 'action'>): void;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

/** Nothing is looked up for plug-ins that do not want to know. */
export function tellPlugIns(
  chain: Pick<BrokerChain, 'notify' | 'isTold'>,
  objects: ChangedObjects,
  log: BrokerLog,
): Teller {
  const waiting = new Map<string, Pick<Change, 'kind' | 'id' | 'action'>>();
  const known = new Map<string, Target>();
  let working: Promise<void> | null = null;

  const remember = (id: string, target: Target): void => {
    known.delete(id);
    known.set(id, target);
    if (known.size > mostRemembered) known.delete(known.keys().next().value!);
  };
  const session = async (id: string) => {
    const found = await objects.session(id);
    if (found) chain.notify.notifySessionChange(found.state, found);
  };
  const target = async (id: string, action: Change['action']) => {
    const before = known.get(id) ?? null;
    const now = await objects.target(id);
    if (now) {
      chain.notify.notifyTargetChange(action === 'insert' ? targetChange.joined : targetChangeOf(before, now), now);
      remember(id, now);
    } else if (before) {
      chain.notify.notifyTargetChange(targetChange.removed, before);
      known.delete(id);
    }
  };
  const work = async () => {
    for (const [key, { kind, id, action }] of waiting) {
      waiting.delete(key);
      await (kind === 'session' ? session(id) : target(id, action)).catch((error: unknown) =>
        log.warn({ err: error, kind, id }, 'plug-ins could not be told of a change'),
      );
    }
  };
  return {
    changed(change) {
      const { kind, id } = change;
      if (kind !== 'session' && kind !== 'target') return;
      if (!chain.isTold(kind === 'session' ? 'notifySessionChange' : 'notifyTargetChange')) return;
      const key = `${kind} ${id}`;
      // One that came to be is told as such, whatever happened to it since.
      if (waiting.get(key)?.action !== 'insert' || change.action === 'delete') waiting.set(key, change);
      if (waiting.size > mostWaiting) waiting.delete(waiting.keys().next().value!);
      working ??= work().finally(() => {
        working = null;
      });
    },
    idle: async () => {
      await working;
    },
  };
}
