import { expect, it } from 'vitest';
import { buildCommand } from '../command/build-command.ts';
import type { Invocation } from '../command/invocation.ts';
import { targetNoun } from './target.ts';

/** What `atelier target` with these words asks of the server. */
async function asked(name: string, ...words: readonly string[]) {
  const said: unknown[] = [];
  const one = { id: 'h1', name: 'rdsh1', rev: 3 };
  const found = async () => ({ items: [one], next: null });
  const api = {
    hosts: { list: found },
    people: { getUser: async () => one },
    targets: {
      list: ({ query: { limit: _, ...query } }: { query: { limit: number } }) => {
        said.push(query);
        return found();
      },
      get: async () => one,
      update: async ({ body }: { body: unknown }) => {
        said.push(body);
        return one;
      },
    },
  };
  const wanted = targetNoun.verbs.find((one) => one.name === name)!;
  const command = buildCommand(wanted, async (verb, args, options, common) => {
    await verb.run({ args, options, common, api } as unknown as Invocation);
  });
  await command.parseAsync([...words], { from: 'user' });
  return said;
}

it('links a target to a host and an owner, takes either away, and leaves alone what was not said', async () => {
  expect(await asked('update', 't', '--weight', '7')).toEqual([{ weight: 7 }]);
  expect(await asked('update', 't', '--host', 'rdsh1', '--owner', 'rdsh1')).toEqual([{ hostId: 'h1', ownerId: 'h1' }]);
  expect(await asked('update', 't', '--no-host')).toEqual([{ hostId: null }]);
  expect(await asked('update', 't', '--no-owner', '--no-host')).toEqual([{ hostId: null, ownerId: null }]);
});

it('lists all targets, or those whose hosts fell silent', async () => {
  expect(await asked('ls')).toEqual([{}]);
  expect(await asked('ls', '--which', 'up', '--host-silent')).toEqual([{ which: 'up', hostSilent: 'yes' }]);
});
