import { roleSchema, scopeSchema } from '@atelier/domain/people';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, rev, time } from './shapes.ts';

const name = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._@ -]{0,63}$/u,
    'letters, digits, dot, dash, underscore, @ and blank; at most 64 characters',
  );
const password = z.string().min(1).max(1024);
const principal = z.object({ kind: z.enum(['user', 'group']), id, name: z.string() });
export const user = z.object({
  id,
  name,
  displayName: z.string(),
  email: z.string().nullable(),
  disabled: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: time,
  lastSignInAt: time.nullable(),
  rev,
});
export type User = z.infer<typeof user>;
export const group = z.object({
  id,
  name,
  description: z.string(),
  builtIn: z.boolean(),
  memberCount: z.number().int(),
  rev,
});
export type Group = z.infer<typeof group>;
export const roleBinding = z.object({ id, principal, role: roleSchema, scope: scopeSchema });
const byId = z.object({ id });
const search = pageQuery.extend({ search: z.string().max(100).optional() });

/** `:id` takes an id or a name. */
export const peopleEndpoints = endpoints({
  listUsers: {
    method: 'GET',
    path: '/users',
    summary: 'users of the local directory',
    access: 'people:read',
    query: search,
    response: page(user),
  },
  createUser: {
    method: 'POST',
    path: '/users',
    summary: 'makes a user',
    access: 'people:write',
    status: 201,
    body: z.object({
      name,
      displayName: z.string().max(200).default(''),
      email: z.email().nullable().default(null),
      password: password.nullable().default(null),
    }),
    response: user,
  },
  getUser: {
    method: 'GET',
    path: '/users/:id',
    summary: 'a user, with groups',
    access: 'people:read',
    params: z.object({ id: z.string() }),
    response: user.extend({ groups: z.array(z.object({ id, name: z.string(), direct: z.boolean() })) }),
  },
  updateUser: {
    method: 'PATCH',
    path: '/users/:id',
    summary: 'changes a user',
    access: 'people:write',
    params: byId,
    body: z.object({ displayName: z.string().max(200), email: z.email().nullable(), disabled: z.boolean() }).partial(),
    response: user,
  },
  setUserPassword: {
    method: 'PUT',
    path: '/users/:id/password',
    summary: 'sets a user’s password and ends their sessions',
    access: 'people:write',
    params: byId,
    body: z.object({ password }),
  },
  deleteUser: { method: 'DELETE', path: '/users/:id', summary: 'deletes a user', access: 'people:write', params: byId },
  listGroups: {
    method: 'GET',
    path: '/groups',
    summary: 'groups of the local directory',
    access: 'people:read',
    query: search,
    response: page(group),
  },
  createGroup: {
    method: 'POST',
    path: '/groups',
    summary: 'makes a group',
    access: 'people:write',
    status: 201,
    body: z.object({ name, description: z.string().max(500).default('') }),
    response: group,
  },
  getGroup: {
    method: 'GET',
    path: '/groups/:id',
    summary: 'a group',
    access: 'people:read',
    params: z.object({ id: z.string() }),
    response: group,
  },
  updateGroup: {
    method: 'PATCH',
    path: '/groups/:id',
    summary: 'changes a group',
    access: 'people:write',
    params: byId,
    body: z.object({ name, description: z.string().max(500) }).partial(),
    response: group,
  },
  deleteGroup: {
    method: 'DELETE',
    path: '/groups/:id',
    summary: 'deletes a group',
    access: 'people:write',
    params: byId,
  },
  listMembers: {
    method: 'GET',
    path: '/groups/:id/members',
    summary: 'direct members of a group',
    access: 'people:read',
    params: byId,
    query: pageQuery,
    response: page(principal),
  },
  addMember: {
    method: 'PUT',
    path: '/groups/:id/members/:kind/:memberId',
    summary: 'adds a user or group to a group',
    access: 'people:write',
    params: z.object({ id, kind: z.enum(['user', 'group']), memberId: id }),
  },
  removeMember: {
    method: 'DELETE',
    path: '/groups/:id/members/:kind/:memberId',
    summary: 'removes a member',
    access: 'people:write',
    params: z.object({ id, kind: z.enum(['user', 'group']), memberId: id }),
  },
  listRoleBindings: {
    method: 'GET',
    path: '/role-bindings',
    summary: 'who has which role where',
    access: 'people:read',
    query: pageQuery,
    response: page(roleBinding),
  },
  createRoleBinding: {
    method: 'POST',
    path: '/role-bindings',
    summary: 'gives a role',
    access: 'people:write',
    status: 201,
    body: z.object({
      principal: z.object({ kind: z.enum(['user', 'group']), id }),
      role: roleSchema,
      scope: scopeSchema.prefault({ kind: 'all' }),
    }),
    response: roleBinding,
  },
  deleteRoleBinding: {
    method: 'DELETE',
    path: '/role-bindings/:id',
    summary: 'takes a role away',
    access: 'people:write',
    params: byId,
  },
});
