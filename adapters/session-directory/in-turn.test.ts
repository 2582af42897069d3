import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

test('work of one key goes on in order, a few at once; other keys and failures hold nobody up', async () => {
  const turn = inTurn(2);
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const work = (name: string) =>
    turn(name[0]!, async () => {
      begun.push(name);
      await new Promise<void>((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve())));
      return name;
    });
  const all = ['a1', 'a2', 'a3', 'a4', 'b1'].map(work);
  await Promise.resolve();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  ends.get('a2')!(new Error('broken'));
  await expect(all[1]).rejects.toThrow('broken');
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  ends.get('a1')!();
  expect(await all[0]).toBe('a1');
  expect(begun).toContain('a4');
  for (const name of ['a3', 'a4', 'b1']) ends.get(name)!();
  expect(await Promise.all([all[2], all[3], all[4]])).toEqual(['a3', 'a4', 'b1']);
});
