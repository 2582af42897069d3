import { expect, it } from 'vitest';
import { pictureBytes, RelayBook, type RelayEntry } from './relay-book.ts';

const stand = () => {
  const book = new RelayBook(2);
  const settled: string[] = [];
  const cut: string[] = [];
  const enter = (name: string, targetId: string, between: Partial<RelayEntry['between']> = {}): RelayEntry => {
    const entry: RelayEntry = {
      sessionId: name,
      targetId,
      between: { toClient: 0, begun: performance.now(), cut: () => cut.push(name), ...between },
      settled: () => settled.push(name),
    };
    book.enter(entry);
    return entry;
  };
  return { book, settled, cut, enter };
};

it('takes for a session, once, what carried a picture or lasted, and nothing that is gone', async () => {
  const { book, settled, enter } = stand();
  const all = [
    enter('young', 'host'),
    enter('picture', 'host', { toClient: pictureBytes + 1 }),
    enter('old', 'host', { begun: performance.now() - 3001 }),
  ];
  const left = enter('left', 'host', { toClient: pictureBytes + 1 });
  book.leave(left);
  book.leave(left);
  await expect.poll(() => settled).toEqual(['picture', 'old']);
  const later = enter('later', 'host', { toClient: pictureBytes + 1 });
  await expect.poll(() => settled).toEqual(['picture', 'old', 'later']);
  for (const one of [...all, later]) book.leave(one);
  expect(book.count).toBe(0);
});

it('finds relays by session and by target, also when a session has two', () => {
  const { book, cut, enter } = stand();
  const first = enter('one', 'a');
  const second = enter('one', 'a');
  const other = enter('two', 'b');
  expect([book.count, book.targetIds()]).toEqual([3, ['a', 'b']]);
  book.leave(first);
  expect([book.hasSession('one'), book.hasTarget('a')]).toEqual([true, true]);
  book.cutSession('one');
  expect(book.cutTarget('b')).toBe(1);
  expect(cut).toEqual(['one', 'two']);
  book.leave(second);
  book.leave(other);
  expect([book.hasSession('one'), book.hasTarget('a'), book.targetIds(), book.count]).toEqual([false, false, [], 0]);
});
