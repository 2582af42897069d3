import { rolePermissions, roleSchema } from '@atelier/domain/people';
import { type Invocation, text } from '../command/invocation.ts';
import type { Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { notFound, usageFailure } from '../failure/cli-failure.ts';
import { done, list } from '../output/output.ts';
import { findGroup, findUser } from './find.ts';

const roles = roleSchema.options;
const holder: readonly Option[] = [
  { flags: '--user <name>', summary: 'a user', completes: 'user' },
  { flags: '--group <name>', summary: 'a group', completes: 'group' },
];
const where: readonly Option[] = [
  { flags: '--workspace <name>', summary: 'only for this workspace', completes: 'workspace' },
  { flags: '--image <name>', summary: 'only for this image', completes: 'image' },
  { flags: '--collection <name>', summary: 'only for this collection', completes: 'collection' },
];
const roleArgument = { name: 'role', summary: roles.join(', '), completes: roles } as const;

async function principalOf(call: Invocation) {
  const [user, group] = [text(call, 'user'), text(call, 'group')];
  if (Boolean(user) === Boolean(group)) throw usageFailure('say who: either --user or --group');
  if (user) return { kind: 'user' as const, id: (await findUser(call.api, user)).id };
  return { kind: 'group' as const, id: (await findGroup(call.api, group!)).id };
}

async function scopeOf(call: Invocation) {
  const [workspace, image, collection] = ['workspace', 'image', 'collection'].map((name) => text(call, name));
  if (workspace)
    return { kind: 'workspace' as const, id: (await call.api.workspaces.get({ params: { id: workspace } })).id };
  if (image) return { kind: 'image' as const, id: (await call.api.images.get({ params: { name: image } })).id };
  if (collection)
    return { kind: 'collection' as const, id: (await call.api.collections.get({ params: { id: collection } })).id };
  return { kind: 'all' as const, id: null };
}

function roleOf(call: Invocation) {
  const found = roles.find((one) => one === call.args.role);
  if (!found) throw usageFailure(`there is no role "${call.args.role}"`, `take one of ${roles.join(', ')}`);
  return found;
}

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list who has which role where',
  lists: true,
  options: [{ flags: '--permissions', summary: 'what each role may do instead' }],
  examples: [['atelier role ls --permissions', 'the roles and their permissions']],
  run: async (call) => {
    if (call.options.permissions) {
      const rows = roles.map((role) => ({ role, permissions: rolePermissions[role] }));
      type Row = (typeof rows)[number];
      const columns = [
        { title: 'role', value: (one: Row) => one.role },
        { title: 'permissions', value: (one: Row) => one.permissions },
      ];
      return list(rows, columns, (one) => one.role, '');
    }
    const all = await allPages((query) => call.api.people.listRoleBindings({ query }), call.common.limit);
    type Binding = (typeof all)[number];
    const columns = [
      { title: 'id', value: (one: Binding) => one.id },
      { title: 'who', value: (one: Binding) => `${one.principal.kind} ${one.principal.name}` },
      { title: 'role', value: (one: Binding) => one.role },
      {
        title: 'where',
        value: (one: Binding) => (one.scope.kind === 'all' ? 'everywhere' : `${one.scope.kind} ${one.scope.id}`),
      },
    ];
    return list(all, columns, (one) => one.id, 'nobody has a role');
  },
};

const grant: Verb = {
  name: 'grant',
  summary: 'give a role to a user or a group',
  arguments: [roleArgument],
  options: [...holder, ...where],
  changes: true,
  examples: [
    ['atelier role grant helpdesk --group support', 'everywhere'],
    ['atelier role grant workspace-admin --user anna --workspace lab', 'only for the workspace lab'],
  ],
  run: async (call) => {
    const body = { principal: await principalOf(call), role: roleOf(call), scope: await scopeOf(call) };
    const one = await call.api.people.createRoleBinding({ body });
    return done(`${one.principal.name} is ${one.role}`, one, one.id);
  },
};

const revoke: Verb = {
  name: 'revoke',
  summary: 'take a role away, by its id or by who has it',
  arguments: [{ ...roleArgument, name: 'role', summary: 'the binding’s id, or the role with --user or --group' }],
  options: holder,
  changes: true,
  loses: (call) => `the role ${call.args.role} will be taken away`,
  examples: [['atelier role revoke helpdesk --group support', 'wherever the group has it']],
  run: async (call) => {
    const all = await allPages((query) => call.api.people.listRoleBindings({ query }), 10_000);
    const byId = all.filter((one) => one.id === call.args.role);
    const who = byId.length > 0 ? undefined : await principalOf(call);
    const found = who ? all.filter((one) => one.role === call.args.role && one.principal.id === who.id) : byId;
    if (found.length === 0) throw notFound('role binding', call.args.role!, 'list them with "atelier role ls"');
    for (const one of found) await call.api.people.deleteRoleBinding({ params: { id: one.id } });
    return done(`${found.map((one) => `${one.role} of ${one.principal.name}`).join(', ')} was taken away`);
  },
};

export const roleNoun: Noun = {
  name: 'role',
  summary: 'who may do what, everywhere or for one object',
  group: 'People:',
  verbs: [ls, grant, revoke],
};
