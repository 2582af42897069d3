import { expect, it } from 'vitest';
import { buildCommand } from './build-command.ts';
import type { Verb } from './verb.ts';

const parsed = async (...words: readonly string[]) => {
  const verb: Verb = {
    name: 'try',
    summary: 'try it',
    options: [
      {
        flags: '--most <count>',
        summary: 'at most, or none',
        parse: (text) => (text === 'none' ? null : Number(text)),
      },
      { flags: '--no-machine', summary: 'without' },
    ],
    run: async () => undefined,
  };
  let given: Record<string, unknown> = {};
  const command = buildCommand(verb, async (_verb, _args, options) => {
    given = options;
  });
  await command.parseAsync([...words], { from: 'user' });
  return given;
};

it('gives what an option’s text means, also when that is nothing', async () => {
  expect((await parsed('--most', '3')).most).toBe(3);
  expect((await parsed('--most', 'none')).most).toBeNull();
  expect(await parsed()).not.toHaveProperty('most');
  expect((await parsed('--no-machine')).machine).toBe(false);
});
