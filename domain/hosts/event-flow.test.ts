import { expect, it } from 'vitest';
import { eventFlow, silentHolder, sourceHolder, sourcePatience } from './event-flow.ts';

const now = new Date('2026-02-03T04:05:06Z');
const before = (ms: number) => new Date(now.getTime() - ms);
const flow = (heldBy: string | null, heldUntil: Date | null, collect = true) =>
  eventFlow({ collect, heldBy, heldUntil }, now);

it('tells who brings the events of a host', () => {
  expect(flow(null, null).kind).toBe('waiting');
  expect(flow('a server', before(-1)).kind).toBe('server');
  expect(flow('a server', before(0)).kind).toBe('waiting');
  expect(flow(sourceHolder, before(-1), false).kind).toBe('off');
  const soon = before(-sourcePatience + 1000);
  expect(flow(sourceHolder, soon)).toEqual({ kind: 'host', heardAt: before(1000) });
});

it('calls a host silent that was not heard of for longer than two heartbeats', () => {
  expect(flow(sourceHolder, before(0))).toEqual({ kind: 'silent', heardAt: before(sourcePatience) });
  expect(flow(silentHolder, before(5000))).toEqual({ kind: 'silent', heardAt: before(sourcePatience + 5000) });
});
