import { permissionSchema, roleSchema, scopeSchema } from '@atelier/domain/people';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, time } from './shapes.ts';

const password = z.string().min(1).max(1024);
export const me = z.object({
  user: z.object({ id, name: z.string(), displayName: z.string() }),
  bindings: z.array(z.object({ role: roleSchema, scope: scopeSchema })),
  permissions: z.array(permissionSchema),
  /** How this request was authenticated. */
  by: z.enum(['session', 'token']),
});
export type Me = z.infer<typeof me>;

export const apiToken = z.object({
  id,
  name: z.string(),
  scopes: z.array(permissionSchema),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
});

export const sessionEndpoints = endpoints({
  setupState: {
    method: 'GET',
    path: '/setup',
    summary: 'whether the first administrator is still to be made',
    access: 'public',
    response: z.object({ needed: z.boolean() }),
  },
  setup: {
    method: 'POST',
    path: '/setup',
    summary: 'makes the first administrator, by the one-time link; signs in',
    access: 'public',
    status: 201,
    body: z.object({
      token: z.string().max(200),
      name: z.string().min(1).max(64),
      displayName: z.string().max(200).default(''),
      password,
    }),
    response: me,
  },
  signIn: {
    method: 'POST',
    path: '/session',
    summary: 'signs in: sets the session cookie, and gives the same secret for programs without cookies',
    access: 'public',
    status: 201,
    body: z.object({ name: z.string().min(1).max(64), password }),
    response: me.extend({ secret: z.string() }),
  },
  me: {
    method: 'GET',
    path: '/session',
    summary: 'who is signed in, with roles and permissions',
    access: 'signed-in',
    response: me,
  },
  signOut: { method: 'DELETE', path: '/session', summary: 'signs out', access: 'signed-in' },
  changePassword: {
    method: 'PUT',
    path: '/session/password',
    summary: 'changes the own password',
    access: 'signed-in',
    body: z.object({ current: password, next: password }),
  },
  listTokens: {
    method: 'GET',
    path: '/tokens',
    summary: 'the own API tokens',
    access: 'signed-in',
    query: pageQuery,
    response: page(apiToken),
  },
  createToken: {
    method: 'POST',
    path: '/tokens',
    summary: 'makes an API token; its secret is shown once',
    access: 'signed-in',
    status: 201,
    body: z.object({
      name: z.string().min(1).max(100),
      scopes: z.array(permissionSchema).min(1),
      expiresInDays: z.number().int().min(1).max(3650).nullable().default(90),
    }),
    response: apiToken.extend({ secret: z.string() }),
  },
  revokeToken: {
    method: 'DELETE',
    path: '/tokens/:id',
    summary: 'revokes an API token',
    access: 'signed-in',
    params: z.object({ id }),
  },
});
