import { describe, expect, it } from 'vitest';
import { cleanName } from './clean-text.ts';
import { type KnownRow, planReconciliation, type SeenSession } from './plan-reconciliation.ts';
import { isSameUser } from './same-user.ts';

const known = (id: string, user: string, name: string | null, more: Partial<KnownRow> = {}): KnownRow => ({
  id,
  user_name: user,
  host_session_id: name,
  state: 'active',
  fresh: false,
  ...more,
});
const seen = (user: string, hostSessionId: string, state: SeenSession['state'] = 'active'): SeenSession => ({
  user,
  hostSessionId,
  state,
});

describe('what a host told beside what is known', () => {
  it('is the same session when name and user are', () => {
    expect(planReconciliation([known('1', 'Ada', ':10')], [seen('ada', ':10', 'disconnected')])).toMatchObject({
      ended: [],
      changed: [{ id: '1', to: { state: 'disconnected' } }],
      taken: [],
    });
  });

  it('ends whoever had a name that is somebody else’s now, and keeps the session of the one who came', () => {
    const ours = [known('1', 'ada', ':10', { state: 'disconnected' }), known('2', 'bob', null)];
    expect(planReconciliation(ours, [seen('bob', ':10')])).toMatchObject({
      ended: ['1'],
      changed: [{ id: '2', to: { host_session_id: ':10' } }],
      taken: [],
    });
    // The host looked before ada came: nothing of what it told is true any more.
    const late = [known('1', 'ada', ':10', { fresh: true }), known('2', 'bob', null)];
    expect(planReconciliation(late, [seen('bob', ':10')])).toEqual({ ended: [], changed: [], taken: [] });
  });

  it('finds people whose names Windows cut', () => {
    const ours = [known('1', 'Bartholomew.Featherstonehaugh', null)];
    expect(planReconciliation(ours, [seen('bartholomew.feather', '2')]).taken).toHaveLength(1);
    expect(planReconciliation(ours, [seen('bartholomew.featherst', '2')]).taken).toHaveLength(1);
    expect(planReconciliation(ours, [seen('bartholomew.feathers', '2')])).toMatchObject({
      ended: [],
      changed: [{ id: '1' }],
      taken: [],
    });
  });

  it('counts once what is told twice, and not at all what has no name', () => {
    const told = [
      seen('ada', ':10'),
      seen('ada', ':10'),
      seen('\u0001', ':11'),
      seen('bob', '\0'),
      seen('e\u001bve', ':1'),
    ];
    const { taken } = planReconciliation([], told);
    expect(taken).toEqual([seen('ada', ':10'), seen('eve', ':1')]);
  });

  it('never ends what the host has, nor puts a name on two: 20,000 lists', () => {
    let seed = 20261121;
    const below = (limit: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % limit;
    };
    const pick = <One>(all: readonly One[]): One => all[below(all.length)]!;
    const users = ['ada', 'ADA', 'bob', 'eve\u0007', 'bartholomew.feathers', 'bartholomew.featherstone', '', '\ud800'];
    const names = [':10', ':11', '2', '\u000010', '', 'x'.repeat(300)];
    let ended = 0;
    for (let n = 0; n < 20_000; n++) {
      const used = new Set<string>();
      const ours = Array.from({ length: below(5) }, (_, at) => {
        const name = pick([':10', ':11', '2', '10']);
        const state = pick(['active', 'disconnected', 'connecting'] as const);
        const fresh = below(5) === 0;
        if (used.has(name) || state === 'connecting' || below(5) < 2)
          return known(`${at}`, pick(['ada', 'Bob', 'bartholomew.featherstone']), null, { state, fresh });
        used.add(name);
        return known(`${at}`, pick(['ada', 'Bob']), name, { state, fresh });
      });
      const told = Array.from({ length: below(6) }, () =>
        seen(pick(users), pick(names), pick(['active', 'disconnected'])),
      );
      const plan = planReconciliation(ours, told);
      ended += plan.ended.length;
      const must = (holds: boolean) => {
        if (!holds) throw new Error(JSON.stringify({ ours, told, plan }));
      };
      // As the database would have it, step by step.
      const live = new Map(ours.map((one) => [one.id, one.host_session_id]));
      for (const id of plan.ended) must(live.delete(id));
      const put = (id: string, name: string | null) => {
        must(name === null || ![...live].some(([other, has]) => other !== id && has === name));
        live.set(id, name);
      };
      for (const { id, to } of plan.changed) {
        must(live.has(id));
        if (to.host_session_id !== undefined) put(id, to.host_session_id);
      }
      for (const [at, one] of plan.taken.entries()) {
        must(one.user !== '' && one.hostSessionId !== '');
        put(`taken ${at}`, one.hostSessionId);
      }
      for (const one of ours)
        if (plan.ended.includes(one.id)) {
          must(!one.fresh && one.state !== 'connecting');
          const first = told.find(
            (said) => cleanName(said.hostSessionId) === one.host_session_id && cleanName(said.user) !== '',
          );
          must(!first || !isSameUser(one.user_name, cleanName(first.user)));
        }
    }
    expect(ended).toBeGreaterThan(5000);
  });
});
