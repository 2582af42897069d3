import type { Session } from '@atelier/domain/broker';
import { targetChange } from '@atelier/plugin-kit/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { expect, it } from 'vitest';
import { tellPlugIns } from './tell-plug-ins.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

function room(wanted: readonly string[] = ['notifySessionChange', 'notifyTargetChange']) {
  const told: [string, unknown, string][] = [];
  const targets = new Map([['t1', sampleTarget('h1', { state: 'starting' })]]);
  const asked: string[] = [];
  const teller = tellPlugIns(
    {
      isTold: (what) => wanted.includes(what),
      notify: {
        notifySessionChange: (change, { user }) => void told.push(['session', change, user]),
        notifyTargetChange: (change, { name }) => void told.push(['target', change, name]),
        notifyClientConnectionStateChange: () => {},
      },
    },
    {
      session: async (id) => {
        asked.push(id);
        if (id === 'broken') throw new Error('the database does not answer');
        return { user: id, state: 'active' } as Session;
      },
      target: async (id) => targets.get(id) ?? null,
    },
    quiet as never,
  );
  return { told, targets, teller, asked };
}

it('tells what became of sessions and targets, and goes on when one cannot be looked up', async () => {
  const { told, targets, teller } = room();
  teller.changed({ kind: 'target', id: 't1', action: 'insert' });
  teller.changed({ kind: 'session', id: 'broken', action: 'update' });
  teller.changed({ kind: 'session', id: 'carol', action: 'update' });
  teller.changed({ kind: 'image', id: 'x', action: 'update' });
  await teller.idle();
  targets.set('t1', sampleTarget('h1', { state: 'running' }));
  teller.changed({ kind: 'target', id: 't1', action: 'update' });
  await teller.idle();
  targets.clear();
  teller.changed({ kind: 'target', id: 't1', action: 'delete' });
  await teller.idle();
  expect(told).toEqual([
    ['target', targetChange.joined, 'h1'],
    ['session', 'active', 'carol'],
    ['target', targetChange.state, 'h1'],
    ['target', targetChange.removed, 'h1'],
  ]);
});

it('looks nothing up for nobody, and drops the oldest of too many', async () => {
  const none = room([]);
  none.teller.changed({ kind: 'session', id: 'carol', action: 'update' });
  await none.teller.idle();
  expect(none.asked).toEqual([]);
  const { teller, asked } = room();
  for (let n = 0; n < 5000; n++) teller.changed({ kind: 'session', id: `s${n}`, action: 'update' });
  await teller.idle();
  expect(asked.length).toBeLessThanOrEqual(4001);
  expect(asked).toContain('s4999');
});
