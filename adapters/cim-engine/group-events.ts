import type { CimInstance, WqlGroup, WqlOperator, WqlPath } from '@atelier/cim';
import type { EventsDropped } from '@atelier/plugin-kit';
import { EventQueue } from './event-queue.ts';

const holds = (operator: WqlOperator, a: number, b: number): boolean => {
  if (operator === '=') return a === b;
  if (operator === '<>') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
};

/** Groups that are open at once, at most; events of further ones count for the group without values. */
const maxGroups = 1000;

/** Gathers events for the group's time into `__AggregateEvent`, one for each set of values of BY (WMI's GROUP WITHIN). */
export async function* groupEvents(
  events: AsyncIterable<CimInstance | EventsDropped>,
  group: WqlGroup,
  valueAt: (instance: CimInstance, path: WqlPath) => string,
  signal: AbortSignal,
): AsyncGenerator<CimInstance | EventsDropped> {
  const ready = new EventQueue<CimInstance | EventsDropped>(maxGroups);
  const open = new Map<string, { count: number; readonly first: CimInstance; readonly timer: NodeJS.Timeout }>();
  const close = (key: string): void => {
    const { count, first } = open.get(key)!;
    open.delete(key);
    if (!group.having || holds(group.having.operator, count, group.having.count))
      ready.push({
        kind: 'instance',
        className: '__AggregateEvent',
        values: { NumberOfEvents: count, Representative: first },
      });
  };
  const gather = async (): Promise<void> => {
    for await (const event of events) {
      if ('dropped' in event) {
        ready.push(event);
        continue;
      }
      const wanted = group.by.map((path) => valueAt(event, path)).join('\n');
      const key = open.has(wanted) || open.size < maxGroups ? wanted : '';
      const known = open.get(key);
      if (known) known.count++;
      else open.set(key, { count: 1, first: event, timer: setTimeout(() => close(key), group.seconds * 1000) });
    }
  };
  const done = gather().then(
    () => ready.close(),
    (error: unknown) => ready.fail(error),
  );
  signal.addEventListener('abort', () => ready.close(), { once: true });
  try {
    yield* ready.drain();
  } finally {
    for (const { timer } of open.values()) clearTimeout(timer);
    if (signal.aborted) await done;
  }
}
