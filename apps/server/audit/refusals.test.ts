import { expect, it } from 'vitest';
import { type Refusal, RefusalCounter } from './refusals.ts';

const refusal = (id: string, action: string): Refusal => ({
  actor: {
    kind: 'user',
    id,
    name: id,
    by: 'session',
    credentialId: '',
    authority: { userId: id, bindings: [] } as never,
  },
  action,
  permission: 'target:write',
  correlationId: 'c',
});
const said = (all: readonly { actor: { id: string }; action: string; times: number }[]) =>
  all.map(({ actor, action, times }) => `${actor.id} ${action} ${times}`);

it('keeps the first refusal at once, and how many followed when the minute is over', () => {
  const counter = new RefusalCounter();
  expect(said(counter.add(refusal('ada', 'POST /a'), 0))).toEqual(['ada POST /a 1']);
  const silent = Array.from({ length: 10_000 }, (_, n) => counter.add(refusal('ada', 'POST /a'), n));
  expect(silent.flat()).toEqual([]);
  expect(said(counter.add(refusal('bob', 'POST /a'), 100))).toEqual(['bob POST /a 1']);
  expect(counter.take(59_999)).toEqual([]);
  expect(said(counter.take(60_000))).toEqual(['ada POST /a 10000']);
  // Nobody followed bob's.
  expect(counter.take(Number.POSITIVE_INFINITY)).toEqual([]);
  for (const at of [70_000, 70_001]) counter.add(refusal('ada', 'POST /a'), at);
  expect(said(counter.add(refusal('ada', 'POST /a'), 140_000))).toEqual(['ada POST /a 1', 'ada POST /a 1']);
});

it('keeps few, whatever a person tries and however many people do', () => {
  const counter = new RefusalCounter();
  let kept = 0;
  for (let n = 0; n < 1000; n++) kept += counter.add(refusal('ada', `POST /${n}`), 0).length;
  expect(kept).toBe(21);
  expect(said(counter.take(60_000))).toEqual(['ada other addresses 979']);
  for (let n = 0; n < 3000; n++) counter.add(refusal(`p${n}`, 'GET /'), 60_000);
  for (let n = 0; n < 3000; n++) counter.add(refusal(`p${n}`, 'GET /'), 60_001);
  expect(counter.take(Number.POSITIVE_INFINITY)).toHaveLength(1000);
});
