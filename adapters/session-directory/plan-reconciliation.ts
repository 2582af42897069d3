import { cleanName } from './clean-text.ts';
import { changeTo } from './reports.ts';
import type { SessionRow } from './rows.ts';
import { cutAfter, isSameUser } from './same-user.ts';

/** A session that a host has. */
export interface SeenSession {
  readonly user: string;
  readonly hostSessionId: string;
  readonly state: 'active' | 'disconnected';
}

/** A live session as the directory has it. `fresh`: it changed after the host looked, or about then. */
export type KnownRow = Pick<SessionRow, 'id' | 'user_name' | 'host_session_id' | 'state'> & { readonly fresh: boolean };

/** What brings the directory to what a host has. Invariant: done in this order, no name is on two live sessions at any time. */
export interface Reconciliation {
  readonly ended: readonly string[];
  readonly changed: readonly { readonly id: string; readonly to: NonNullable<ReturnType<typeof changeTo>> }[];
  readonly taken: readonly SeenSession[];
}

/** Each session that was told, once by what the host calls it; those without a name or a user are nobody's. */
function tidy(there: readonly SeenSession[]): readonly SeenSession[] {
  const found = new Map<string, SeenSession>();
  for (const { user, hostSessionId, state } of there) {
    const seen = { user: cleanName(user), hostSessionId: cleanName(hostSessionId), state };
    if (seen.user !== '' && seen.hostSessionId !== '' && !found.has(seen.hostSessionId))
      found.set(seen.hostSessionId, seen);
  }
  return [...found.values()];
}

/**
 * Compares the live sessions of a target with everything that its host told. Hosts use their names again: after a restart display `:10` is somebody
 * else's, so a name counts together with its user.
 */
export function planReconciliation(ours: readonly KnownRow[], there: readonly SeenSession[]): Reconciliation {
  const byName = new Map(ours.map((one) => [one.host_session_id, one]));
  // By what is left of a name when it is cut.
  const nameless = new Map<string, KnownRow[]>();
  const key = (user: string) => user.toLowerCase().slice(0, cutAfter);
  for (const one of ours) {
    if (one.host_session_id !== null) continue;
    const others = nameless.get(key(one.user_name));
    if (others) others.push(one);
    else nameless.set(key(one.user_name), [one]);
  }
  /** The oldest session of the user that nobody gave a name yet. */
  const takeNameless = (user: string): KnownRow | undefined => {
    const alike = nameless.get(key(user)) ?? [];
    const exact = alike.findIndex((one) => one.user_name.toLowerCase() === user.toLowerCase());
    const at = exact >= 0 ? exact : alike.findIndex((one) => isSameUser(one.user_name, user));
    return at < 0 ? undefined : alike.splice(at, 1)[0];
  };

  const left = new Map(ours.map((one) => [one.id, one]));
  const changed: Reconciliation['changed'][number][] = [];
  const taken: SeenSession[] = [];
  const keep = (one: KnownRow, to: ReturnType<typeof changeTo>) => {
    left.delete(one.id);
    if (to) changed.push({ id: one.id, to });
  };
  // Those that the host's own names tell first: a session without a name is taken for what remains.
  const others: SeenSession[] = [];
  for (const seen of tidy(there)) {
    const one = byName.get(seen.hostSessionId);
    if (!one || !isSameUser(one.user_name, seen.user)) others.push(seen);
    else keep(one, one.fresh ? null : changeTo(one, seen.state, seen.hostSessionId));
  }
  for (const seen of others) {
    const one = takeNameless(seen.user);
    // Whoever got the name since the host looked is there now: the host's next word tells.
    const nameIsFresh = byName.get(seen.hostSessionId)?.fresh === true;
    if (one) keep(one, nameIsFresh ? null : changeTo(one, seen.state, seen.hostSessionId));
    else if (!nameIsFresh) taken.push(seen);
  }
  const ended = [...left.values()].filter(({ state, fresh }) => state !== 'connecting' && !fresh);
  return { ended: ended.map(({ id }) => id), changed, taken };
}

/** The first `most` steps of it, in its order. */
export function firstSteps({ ended, changed, taken }: Reconciliation, most: number): Reconciliation {
  const left = Math.max(0, most - ended.length);
  return {
    ended: ended.slice(0, most),
    changed: changed.slice(0, left),
    taken: taken.slice(0, Math.max(0, left - changed.length)),
  };
}
