import type { EndpointView, Instance } from '@atelier/api';
import { type InstanceAction, instanceActionSchema } from '@atelier/domain/workspaces';
import { type Invocation, number, text } from '../command/invocation.ts';
import { wholeNumber } from '../command/parse-value.ts';
import type { Argument, Noun, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { notFound, usageFailure } from '../failure/cli-failure.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { findEndpoint } from './find.ts';

const columns: readonly Column<EndpointView>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'state', value: (one) => one.state },
  { title: 'last contact', value: (one) => formatTime(one.lastContactAt) },
  { title: 'runs', value: (one) => one.instanceCount },
  { title: 'os', value: (one) => one.os, wide: true },
  { title: 'memory MiB', value: (one) => one.ramMiB, wide: true },
  { title: 'accelerator', value: (one) => one.accelerator, wide: true },
  { title: 'client', value: (one) => one.clientVersion, wide: true },
  { title: 'id', value: (one) => one.id, wide: true },
];
const instanceColumns: readonly Column<Instance>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'endpoint', value: (one) => one.endpoint },
  { title: 'workspace', value: (one) => one.workspace },
  { title: 'user', value: (one) => one.user },
  { title: 'state', value: (one) => one.state },
  { title: 'version', value: (one) => one.version },
  { title: 'update', value: (one) => one.updateAvailable, wide: true },
  { title: 'error', value: (one) => one.error?.detail, wide: true },
];
const endpointArgument: Argument = { name: 'endpoint', summary: 'the computer’s name or id', completes: 'endpoint' };
const idOf = async (call: Invocation) => ({ id: (await findEndpoint(call.api, call.args.endpoint!)).id });

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list computers that run the client',
  options: [{ flags: '-s, --search <text>', summary: 'only names that contain this' }],
  lists: true,
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.endpoints.list({ query: { ...query, search: text(call, 'search') } });
    const empty = 'no computer is enrolled yet: atelier endpoint token';
    return list(await allPages(read, call.common.limit), columns, (one) => one.name, empty);
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show an endpoint',
  arguments: [endpointArgument],
  run: async (call) => {
    const one = await findEndpoint(call.api, call.args.endpoint!);
    return item(one, columns, one.name);
  },
};

const token: Verb = {
  name: 'token',
  summary: 'make an enrolment token, with the one command to run on the computer',
  options: [
    { flags: '--minutes <count>', summary: 'how long it holds', parse: wholeNumber(1), default: 60 },
    { flags: '--uses <count>', summary: 'how many computers it enrols', parse: wholeNumber(1), default: 1 },
  ],
  changes: true,
  examples: [['atelier endpoint token --uses 20 --minutes 480', 'for a classroom, for one working day']],
  run: async (call) => {
    const body = { expiresInMinutes: number(call, 'minutes'), uses: number(call, 'uses') };
    const one = await call.api.endpoints.createToken({ body });
    const rows = [
      { title: 'token', value: () => one.token },
      { title: 'until', value: () => formatTime(one.expiresAt) },
      { title: 'on the computer', value: () => one.command },
    ];
    return item(one, rows, one.token);
  },
};

const rename: Verb = {
  name: 'rename',
  summary: 'rename an endpoint',
  arguments: [endpointArgument, { name: 'name', summary: 'the new name' }],
  changes: true,
  run: async (call) => {
    const found = await findEndpoint(call.api, call.args.endpoint!);
    const call2 = { params: { id: found.id }, body: { name: call.args.name! } };
    const one = await call.api.endpoints.rename(call2, { ifMatch: found.rev });
    return done(`${found.name} is called ${one.name}`, one, one.name);
  },
};

const revoke: Verb = {
  name: 'revoke',
  summary: 'revoke an endpoint: it gets nothing any more',
  arguments: [endpointArgument],
  changes: true,
  loses: (call) => `the computer ${call.args.endpoint} will be shut out; it must be enrolled again to come back`,
  run: async (call) => {
    const one = await call.api.endpoints.revoke({ params: await idOf(call) });
    return done(`${one.name} was revoked`, one, one.name);
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'forget a revoked endpoint',
  arguments: [endpointArgument],
  changes: true,
  loses: (call) => `the computer ${call.args.endpoint} will be forgotten`,
  run: async (call) => {
    await call.api.endpoints.remove({ params: await idOf(call) });
    return done(`${call.args.endpoint} was forgotten`);
  },
};

async function findInstances(call: Invocation, filter: { endpoint?: string; workspace?: string }) {
  const endpoint = filter.endpoint && (await findEndpoint(call.api, filter.endpoint)).id;
  const workspace = filter.workspace && (await call.api.workspaces.get({ params: { id: filter.workspace } })).id;
  const read = (query: { limit: number; cursor?: string }) =>
    call.api.endpoints.listInstances({
      query: { ...query, endpoint: endpoint || undefined, workspace: workspace || undefined },
    });
  return allPages(read, call.common.limit);
}

const instances: Verb = {
  name: 'instances',
  summary: 'list workspaces on endpoints',
  options: [
    { flags: '-e, --endpoint <name>', summary: 'only on this computer', completes: 'endpoint' },
    { flags: '-w, --workspace <name>', summary: 'only of this workspace', completes: 'workspace' },
  ],
  lists: true,
  examples: [['atelier endpoint instances -w lab', 'who runs the workspace lab, and in which version']],
  run: async (call) => {
    const found = await findInstances(call, { endpoint: text(call, 'endpoint'), workspace: text(call, 'workspace') });
    return list(found, instanceColumns, (one) => one.id, 'there are none');
  },
};

const command: Verb = {
  name: 'command',
  summary: 'ask an endpoint to act on a workspace',
  arguments: [
    endpointArgument,
    { name: 'workspace', summary: 'the workspace’s name', completes: 'workspace' },
    { name: 'action', summary: instanceActionSchema.options.join(', '), completes: instanceActionSchema.options },
  ],
  options: [
    { flags: '--user <name>', summary: 'whose, when several people have it there', completes: 'user' },
    { flags: '--version-number <number>', summary: 'for switch-version', parse: wholeNumber(1) },
  ],
  changes: true,
  examples: [['atelier endpoint command lab-pc-7 lab stop', 'shuts it down from afar']],
  run: async (call) => {
    const action = instanceActionSchema.options.find((one) => one === call.args.action) as InstanceAction | undefined;
    if (!action) throw usageFailure(`there is no action "${call.args.action}"`);
    const filter = { endpoint: call.args.endpoint, workspace: call.args.workspace };
    const user = text(call, 'user');
    const found = (await findInstances(call, filter)).filter((one) => !user || one.user === user);
    if (found.length === 0)
      throw notFound(
        'instance',
        `${filter.workspace} on ${filter.endpoint}`,
        'list them with "atelier endpoint instances"',
      );
    if (found.length > 1)
      throw usageFailure(`several people have it there: ${found.map((one) => one.user).join(', ')}`, 'add --user');
    const body = { action, version: number(call, 'versionNumber') };
    await call.api.endpoints.command({ params: { id: found[0]!.id }, body });
    return done(`${filter.endpoint} was asked to ${action} ${filter.workspace}`);
  },
};

export const endpointNoun: Noun = {
  name: 'endpoint',
  summary: 'computers that run the client',
  group: 'Computers:',
  verbs: [ls, show, token, rename, revoke, rm, instances, command],
};
