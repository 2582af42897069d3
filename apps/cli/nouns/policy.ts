import type { PolicyRevision } from '@atelier/api';
import { type Invocation, text } from '../command/invocation.ts';
import type { Argument, Noun, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { notFound } from '../failure/cli-failure.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, list } from '../output/output.ts';
import { readDocument } from './read-document.ts';

const columns: readonly Column<PolicyRevision>[] = [
  { title: 'revision', value: (one) => one.number },
  { title: 'state', value: (one) => one.state },
  { title: 'author', value: (one) => one.author },
  { title: 'created', value: (one) => formatTime(one.createdAt) },
  { title: 'message', value: (one) => one.message },
];
const workspaceArgument: Argument = { name: 'workspace', summary: 'the workspace’s name', completes: 'workspace' };
const params = (call: Invocation) => ({ id: call.args.workspace! });
const revisions = (call: Invocation, limit: number) =>
  allPages((query) => call.api.workspaces.listRevisions({ params: params(call), query }), limit);

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list the revisions of a workspace’s policy, newest first',
  arguments: [workspaceArgument],
  lists: true,
  examples: [['atelier policy ls lab', 'who changed what, and why']],
  run: async (call) =>
    list(await revisions(call, call.common.limit), columns, (one) => String(one.number), 'there are no revisions'),
};

const show: Verb = {
  name: 'show',
  summary: 'print a policy: the active revision, or an older one',
  arguments: [workspaceArgument, { name: 'revision', summary: 'its number', optional: true }],
  examples: [['atelier policy show lab > lab.yaml', 'the active policy as YAML, to edit and commit']],
  run: async (call) => {
    const wanted = call.args.revision;
    const all = await revisions(call, wanted ? 10_000 : 1);
    const found = wanted ? all.find((one) => String(one.number) === wanted) : all[0];
    if (!found)
      throw notFound('policy revision', wanted ?? '1', `list them with "atelier policy ls ${call.args.workspace}"`);
    if (call.common.output === 'json') return { kind: 'text', text: `${JSON.stringify(found.document, null, 2)}\n` };
    return { kind: 'text', text: (await import('yaml')).stringify(found.document) };
  },
};

const commit: Verb = {
  name: 'commit',
  summary: 'commit a new policy revision from a file',
  arguments: [
    workspaceArgument,
    { name: 'file', summary: 'YAML or JSON; "-" reads standard input', completes: 'file' },
  ],
  options: [{ flags: '-m, --message <text>', summary: 'why' }],
  changes: true,
  examples: [['atelier policy commit lab lab.yaml -m "two processors"', 'clients get it within seconds']],
  run: async (call) => {
    const document = (await readDocument(call.args.file!)) as object;
    const body = { document, message: text(call, 'message') };
    const one = await call.api.workspaces.commitPolicy({ params: params(call), body });
    return done(`revision ${one.number} of ${call.args.workspace} is active`, one, String(one.number));
  },
};

const rollback: Verb = {
  name: 'rollback',
  summary: 'commit an older revision’s policy as a new revision',
  arguments: [workspaceArgument, { name: 'revision', summary: 'the older revision’s number' }],
  changes: true,
  examples: [['atelier policy rollback lab 3', 'revision 3 holds again, as a new revision']],
  run: async (call) => {
    const number = Number(call.args.revision);
    const one = await call.api.workspaces.rollbackPolicy({ params: { ...params(call), number } });
    return done(`revision ${one.number} repeats ${number}`, one, String(one.number));
  },
};

export const policyNoun: Noun = {
  name: 'policy',
  summary: 'how a workspace may be used; numbered, never edited in place',
  group: 'Desktops:',
  verbs: [ls, show, commit, rollback],
};
