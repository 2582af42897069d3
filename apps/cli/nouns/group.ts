import type { Group } from '@atelier/api';
import { given, type Invocation, text } from '../command/invocation.ts';
import type { Argument, Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { findGroup, findUser } from './find.ts';

const columns: readonly Column<Group>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'members', value: (one) => one.memberCount },
  { title: 'built in', value: (one) => one.builtIn },
  { title: 'description', value: (one) => one.description },
  { title: 'id', value: (one) => one.id, wide: true },
];
const groupArgument: Argument = { name: 'group', summary: 'the group’s name', completes: 'group' };
const memberOptions: readonly Option[] = [
  { flags: '--user <name>', summary: 'a user', completes: 'user' },
  { flags: '--group <name>', summary: 'a group with everybody in it', completes: 'group' },
];

async function membership(call: Invocation) {
  const user = text(call, 'user');
  const member = text(call, 'group');
  if (Boolean(user) === Boolean(member)) throw usageFailure('say whom: either --user or --group');
  const { id } = await findGroup(call.api, call.args.group!);
  if (user) return { id, kind: 'user' as const, memberId: (await findUser(call.api, user)).id };
  return { id, kind: 'group' as const, memberId: (await findGroup(call.api, member!)).id };
}

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list groups',
  options: [{ flags: '-s, --search <text>', summary: 'only names that contain this' }],
  lists: true,
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.people.listGroups({ query: { ...query, search: text(call, 'search') } });
    return list(await allPages(read, call.common.limit), columns, (one) => one.name, 'no group has such a name');
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show a group',
  arguments: [groupArgument],
  run: async (call) => {
    const one = await findGroup(call.api, call.args.group!);
    return item(one, columns, one.name);
  },
};

const members: Verb = {
  name: 'members',
  summary: 'list the direct members of a group',
  arguments: [groupArgument],
  lists: true,
  examples: [['atelier group members teachers', 'users and groups in it']],
  run: async (call) => {
    const { id } = await findGroup(call.api, call.args.group!);
    const all = await allPages((query) => call.api.people.listMembers({ params: { id }, query }), call.common.limit);
    type Member = (typeof all)[number];
    const memberColumns = [
      { title: 'kind', value: (one: Member) => one.kind },
      { title: 'name', value: (one: Member) => one.name },
    ];
    return list(all, memberColumns, (one) => one.name, `${call.args.group} has no members`);
  },
};

const create: Verb = {
  name: 'create',
  summary: 'make a group',
  arguments: [{ name: 'group', summary: 'its name' }],
  options: [{ flags: '-d, --description <text>', summary: 'who belongs to it' }],
  changes: true,
  run: async (call) => {
    const one = await call.api.people.createGroup({ body: { name: call.args.group!, ...given(call, 'description') } });
    return done(`group ${one.name} was made`, one, one.name);
  },
};

const update: Verb = {
  name: 'update',
  summary: 'change a group',
  arguments: [groupArgument],
  options: [
    { flags: '--name <name>', summary: 'give it another name' },
    { flags: '-d, --description <text>', summary: 'who belongs to it' },
  ],
  changes: true,
  run: async (call) => {
    const { id, rev } = await findGroup(call.api, call.args.group!);
    const body = given(call, 'name', 'description');
    const one = await call.api.people.updateGroup({ params: { id }, body }, { ifMatch: rev });
    return done(`group ${one.name} was changed`, one, one.name);
  },
};

const add: Verb = {
  name: 'add',
  summary: 'add a user or a group to a group',
  arguments: [groupArgument],
  options: memberOptions,
  changes: true,
  examples: [['atelier group add teachers --user anna', 'she has what the group has, at once']],
  run: async (call) => {
    await call.api.people.addMember({ params: await membership(call) });
    return done(`${text(call, 'user') ?? text(call, 'group')} belongs to ${call.args.group}`);
  },
};

const remove: Verb = {
  name: 'remove',
  summary: 'remove a user or a group from a group',
  arguments: [groupArgument],
  options: memberOptions,
  changes: true,
  run: async (call) => {
    await call.api.people.removeMember({ params: await membership(call) });
    return done(`${text(call, 'user') ?? text(call, 'group')} no longer belongs to ${call.args.group}`);
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'delete a group',
  arguments: [groupArgument],
  changes: true,
  loses: (call) => `the group ${call.args.group} will be deleted, with its assignments and roles`,
  run: async (call) => {
    const { id } = await findGroup(call.api, call.args.group!);
    await call.api.people.deleteGroup({ params: { id } });
    return done(`group ${call.args.group} was deleted`);
  },
};

export const groupNoun: Noun = {
  name: 'group',
  summary: 'groups of the local directory; they may be nested',
  group: 'People:',
  verbs: [ls, show, members, create, update, add, remove, rm],
};
