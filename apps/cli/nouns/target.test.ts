import { expect, it } from 'vitest';
import { buildCommand } from '../command/build-command.ts';
import type { Invocation } from '../command/invocation.ts';
import { targetNoun } from './target.ts';

/** What `atelier target update t` with these options asks of the server. */
async function asked(...words: readonly string[]) {
  const bodies: unknown[] = [];
  const one = { id: 'h1', name: 'rdsh1', rev: 3 };
  const found = async () => ({ items: [one], next: null });
  const api = {
    hosts: { list: found },
    people: { getUser: async () => one },
    targets: {
      get: async () => one,
      update: async ({ body }: { body: unknown }) => {
        bodies.push(body);
        return one;
      },
    },
  };
  const update = targetNoun.verbs.find((verb) => verb.name === 'update')!;
  const command = buildCommand(update, async (verb, args, options, common) => {
    await verb.run({ args, options, common, api } as unknown as Invocation);
  });
  await command.parseAsync(['t', ...words], { from: 'user' });
  return bodies;
}

it('links a target to a host and an owner, takes either away, and leaves alone what was not said', async () => {
  expect(await asked('--weight', '7')).toEqual([{ weight: 7 }]);
  expect(await asked('--host', 'rdsh1', '--owner', 'rdsh1')).toEqual([{ hostId: 'h1', ownerId: 'h1' }]);
  expect(await asked('--no-host')).toEqual([{ hostId: null }]);
  expect(await asked('--no-owner', '--no-host')).toEqual([{ hostId: null, ownerId: null }]);
});
