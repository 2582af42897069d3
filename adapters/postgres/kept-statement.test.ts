import { expect, it } from 'vitest';
import { KeepingClient } from './kept-statement.ts';

it('names statements that ask to be kept, always the same, and passes on others as they are', () => {
  const named = (text: string): unknown => {
    // Not connected: the driver queues what it is told.
    const client = new KeepingClient();
    client.query(text, [1]).catch(() => {});
    return (client as unknown as { _queryQueue: { name?: string; text: string }[] })._queryQueue.at(-1)?.name;
  };
  const name = named('/* kept */ select $1');
  expect(name).toMatch(/^kept_[0-9a-f]{32}$/);
  expect(named('/* kept */ select $1')).toBe(name);
  expect(named('/* kept */ select $1 + 1')).not.toBe(name);
  expect(named('select $1')).toBeUndefined();
});
