import type { Workspace } from '@atelier/api';
import { given, type Invocation, text } from '../command/invocation.ts';
import { wholeNumber, yesOrNo } from '../command/parse-value.ts';
import type { Argument, Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { readDocument } from './read-document.ts';

const columns: readonly Column<Workspace>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'image', value: (one) => one.image },
  { title: 'follows', value: (one) => (one.channel ? `channel ${one.channel}` : `version ${one.pinnedVersion}`) },
  { title: 'version', value: (one) => one.currentVersion },
  { title: 'enabled', value: (one) => one.enabled },
  { title: 'type', value: (one) => one.type, wide: true },
  { title: 'policy', value: (one) => one.policyRevision, wide: true },
  { title: 'assignments', value: (one) => one.assignmentCount, wide: true },
  { title: 'instances', value: (one) => one.instanceCount, wide: true },
  { title: 'description', value: (one) => one.description, wide: true },
];
const nameArgument: Argument = { name: 'workspace', summary: 'the workspace’s name', completes: 'workspace' };
const params = (call: Invocation) => ({ id: call.args.workspace! });

const describing: readonly Option[] = [
  { flags: '-d, --description <text>', summary: 'what it is for' },
  { flags: '--support-contact <text>', summary: 'whom people ask for help' },
  {
    flags: '--type <type>',
    summary: 'keep what happens in it, or start afresh each time',
    choices: ['persistent', 'revertible'],
  },
  { flags: '--image <image>', summary: 'the image it runs', completes: 'image' },
  { flags: '--channel <name>', summary: 'follow this channel of the image' },
  { flags: '--pinned-version <number>', summary: 'stay on this version', parse: wholeNumber(1) },
  { flags: '--enabled <yes|no>', summary: 'whether it may be used', parse: yesOrNo },
];

/** The fields that were given; channel and pinned version exclude each other. */
function fields(call: Invocation): Record<string, unknown> {
  const plain = given(call, 'description', 'supportContact', 'type', 'image', 'channel', 'pinnedVersion', 'enabled');
  if (plain.pinnedVersion !== undefined) return { ...plain, channel: null };
  return plain.channel === undefined ? plain : { ...plain, pinnedVersion: null };
}

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list workspaces',
  options: [{ flags: '-s, --search <text>', summary: 'only names that contain this' }],
  lists: true,
  examples: [['atelier workspace ls', 'all workspaces with the version that they give']],
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.workspaces.list({ query: { ...query, search: text(call, 'search') } });
    const empty = 'there are no workspaces yet: atelier workspace create NAME --image IMAGE';
    return list(await allPages(read, call.common.limit), columns, (one) => one.name, empty);
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show a workspace',
  arguments: [nameArgument],
  examples: [['atelier workspace show debian-lab -o yaml', 'everything about it']],
  run: async (call) => {
    const one = await call.api.workspaces.get({ params: params(call) });
    return item(one, columns, one.name);
  },
};

const create: Verb = {
  name: 'create',
  summary: 'bind an image and a policy into a workspace',
  arguments: [{ name: 'workspace', summary: 'letters, digits, dot, dash, underscore' }],
  options: [
    ...describing.map((one) => (one.flags.startsWith('--image ') ? { ...one, required: true } : one)),
    { flags: '--policy <file>', summary: 'the policy, in YAML or JSON; "-" reads standard input', completes: 'file' },
  ],
  changes: true,
  examples: [
    ['atelier workspace create lab --image debian-lab', 'follows the channel "stable" under the default policy'],
    ['atelier workspace create lab --image debian-lab --pinned-version 2 --policy lab.yaml', 'stays on version 2'],
  ],
  run: async (call) => {
    const file = text(call, 'policy');
    const chosen = fields(call);
    const source = chosen.channel || chosen.pinnedVersion ? {} : { channel: 'stable' };
    const policy = file ? { policy: (await readDocument(file)) as object } : {};
    const body = { name: call.args.workspace!, ...chosen, ...source, ...policy } as Parameters<
      typeof call.api.workspaces.create
    >[0]['body'];
    const one = await call.api.workspaces.create({ body });
    return done(
      `workspace ${one.name} was made: atelier assignment create ${one.name} --group everyone`,
      one,
      one.name,
    );
  },
};

const update: Verb = {
  name: 'update',
  summary: 'change a workspace',
  arguments: [nameArgument],
  options: [...describing, { flags: '--name <name>', summary: 'give it another name' }],
  changes: true,
  examples: [
    ['atelier workspace update lab --pinned-version 1', 'goes back to version 1 for everybody'],
    ['atelier workspace update lab --enabled no', 'nobody can start it any more'],
  ],
  run: async (call) => {
    const { rev } = await call.api.workspaces.get({ params: params(call) });
    const body = { ...fields(call), ...given(call, 'name') };
    const one = await call.api.workspaces.update({ params: params(call), body }, { ifMatch: rev });
    return done(`workspace ${one.name} was changed`, one, one.name);
  },
};

const clone: Verb = {
  name: 'clone',
  summary: 'copy a workspace under a new name, without its assignments',
  arguments: [nameArgument, { name: 'copy', summary: 'the new name' }],
  changes: true,
  examples: [['atelier workspace clone lab lab-test', 'to try a change before everybody gets it']],
  run: async (call) => {
    const one = await call.api.workspaces.clone({ params: params(call), body: { name: call.args.copy! } });
    return done(`workspace ${one.name} was made from ${call.args.workspace}`, one, one.name);
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'delete a workspace and its assignments',
  arguments: [nameArgument],
  changes: true,
  loses: (call) => `the workspace ${call.args.workspace} will be deleted, with its assignments and policy revisions`,
  run: async (call) => {
    await call.api.workspaces.remove({ params: params(call) });
    return done(`workspace ${call.args.workspace} was deleted`);
  },
};

const effective: Verb = {
  name: 'effective',
  summary: 'what a user may do with a workspace, and which assignment decided it',
  arguments: [nameArgument, { name: 'user', summary: 'the user’s name', completes: 'user' }],
  examples: [['atelier workspace effective lab anna', 'each field with the assignments behind it']],
  run: async (call) => {
    const query = { user: call.args.user! };
    const answer = await call.api.workspaces.effective({ params: params(call), query });
    const rows = Object.entries(answer.grant ?? {}).map(([field, { value, by }]) => ({ field, value, by }));
    type Row = (typeof rows)[number];
    return list(
      rows,
      [
        { title: 'field', value: (one: Row) => one.field },
        { title: 'value', value: (one: Row) => one.value },
        { title: 'decided by', value: (one: Row) => one.by.map((by) => by.principal) },
      ],
      (one) => one.field,
      `no assignment of ${call.args.workspace} reaches ${call.args.user}`,
    );
  },
};

export const workspaceNoun: Noun = {
  name: 'workspace',
  summary: 'an image with a policy, as people get it',
  group: 'Desktops:',
  verbs: [ls, show, create, update, clone, rm, effective],
};
