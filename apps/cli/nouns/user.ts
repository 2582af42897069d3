import type { User } from '@atelier/api';
import { flag, given, type Invocation, text } from '../command/invocation.ts';
import { yesOrNo } from '../command/parse-value.ts';
import type { Argument, Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { askSecret, secretsFromInput } from '../terminal/ask.ts';
import { findUser } from './find.ts';
import { newPassword, passwordOption } from './new-password.ts';

const columns: readonly Column<User>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'full name', value: (one) => one.displayName },
  { title: 'disabled', value: (one) => one.disabled },
  { title: 'last sign-in', value: (one) => formatTime(one.lastSignInAt) },
  { title: 'email', value: (one) => one.email, wide: true },
  { title: 'password', value: (one) => one.hasPassword, wide: true },
  { title: 'created', value: (one) => formatTime(one.createdAt), wide: true },
  { title: 'id', value: (one) => one.id, wide: true },
];
const userArgument: Argument = { name: 'user', summary: 'the user’s name', completes: 'user' };
const idOf = async (call: Invocation) => ({ id: (await findUser(call.api, call.args.user!)).id });
const describing: readonly Option[] = [
  { flags: '--display-name <text>', summary: 'the full name' },
  { flags: '--email <address>', summary: 'the mail address' },
];

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list users',
  options: [{ flags: '-s, --search <text>', summary: 'only names that contain this' }],
  lists: true,
  examples: [['atelier user ls -s ann', 'anna, hannah, …']],
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.people.listUsers({ query: { ...query, search: text(call, 'search') } });
    return list(await allPages(read, call.common.limit), columns, (one) => one.name, 'nobody has such a name');
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show a user, with groups',
  arguments: [userArgument],
  run: async (call) => {
    const one = await call.api.people.getUser({ params: { id: call.args.user! } });
    const groups: Column<typeof one> = { title: 'groups', value: (user) => user.groups.map((group) => group.name) };
    return item(one, [...columns, groups], one.name);
  },
};

const create: Verb = {
  name: 'create',
  summary: 'make a user; asks for the first password',
  arguments: [{ name: 'user', summary: 'the name to sign in with' }],
  options: [
    ...describing,
    passwordOption,
    { flags: '--no-password', summary: 'without a password: nobody can sign in yet' },
  ],
  changes: true,
  examples: [
    ['atelier user create anna --display-name "Anna Berg"', 'asks for the password twice'],
    [
      'pwgen -s 16 1 | atelier user create anna --password-stdin',
      'for scripts: the password never stands in a command line',
    ],
  ],
  run: async (call) => {
    const without = call.options.password === false || call.common.dryRun;
    const password = without ? null : await newPassword(call, `password for ${call.args.user}`);
    const body = { name: call.args.user!, ...given(call, 'displayName', 'email'), password };
    const one = await call.api.people.createUser({ body });
    return done(`user ${one.name} was made`, one, one.name);
  },
};

const update: Verb = {
  name: 'update',
  summary: 'change a user',
  arguments: [userArgument],
  options: [...describing, { flags: '--disabled <yes|no>', summary: 'whether sign-in is refused', parse: yesOrNo }],
  changes: true,
  examples: [['atelier user update anna --disabled yes', 'ends her sessions and keeps her things']],
  run: async (call) => {
    const { id, rev } = await findUser(call.api, call.args.user!);
    const body = given(call, 'displayName', 'email', 'disabled');
    const one = await call.api.people.updateUser({ params: { id }, body }, { ifMatch: rev });
    return done(`user ${one.name} was changed`, one, one.name);
  },
};

const passwd: Verb = {
  name: 'passwd',
  summary: 'set a user’s password, or change your own',
  arguments: [{ ...userArgument, optional: true, summary: 'whose; without it your own' }],
  options: [passwordOption],
  changes: true,
  examples: [
    ['atelier user passwd', 'changes your own: asks for the current one first'],
    ['atelier user passwd anna', 'sets anna’s and ends her sessions'],
  ],
  run: async (call) => {
    if (call.args.user) {
      const params = await idOf(call);
      const password = await newPassword(call, `new password for ${call.args.user}`);
      await call.api.people.setUserPassword({ params, body: { password } });
      return done(`the password of ${call.args.user} was set; their sessions have ended`);
    }
    const [current, next] = flag(call, 'passwordStdin')
      ? await secretsFromInput(call.terminal, 2)
      : [
          await askSecret(
            call.terminal,
            'current password',
            'pipe in two lines, current and new, with --password-stdin',
          ),
          await newPassword(call, 'new password'),
        ];
    await call.api.sessions.changePassword({ body: { current: current!, next: next! } });
    return done('your password was changed');
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'delete a user',
  arguments: [userArgument],
  changes: true,
  loses: (call) => `the user ${call.args.user} will be deleted, with roles, memberships and assignments`,
  run: async (call) => {
    await call.api.people.deleteUser({ params: await idOf(call) });
    return done(`user ${call.args.user} was deleted`);
  },
};

export const userNoun: Noun = {
  name: 'user',
  summary: 'people of the local directory',
  group: 'People:',
  verbs: [ls, show, create, update, passwd, rm],
};
