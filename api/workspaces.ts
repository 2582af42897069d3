import { channelNameSchema, imageNameSchema, versionNumberSchema } from '@atelier/domain/images';
import {
  assignmentLimitChangesSchema,
  assignmentLimitsSchema,
  policySchema,
  principalKindSchema,
  workspaceNameSchema,
  workspaceTypeSchema,
} from '@atelier/domain/workspaces';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, rev, time } from './shapes.ts';

const fields = z.object({
  name: workspaceNameSchema,
  description: z.string().max(1000),
  supportContact: z.string().max(500),
  type: workspaceTypeSchema,
  image: imageNameSchema,
  /** Exactly one of the two is set. */
  channel: channelNameSchema.nullable(),
  pinnedVersion: versionNumberSchema.nullable(),
  enabled: z.boolean(),
});
export const workspace = fields.extend({
  id,
  policyRevision: z.number().int(),
  currentVersion: versionNumberSchema.nullable(),
  assignmentCount: z.number().int(),
  instanceCount: z.number().int(),
  createdAt: time,
  rev,
});
export type Workspace = z.infer<typeof workspace>;
export const policyRevision = z.object({
  number: z.number().int(),
  state: z.enum(['active', 'superseded', 'revoked']),
  author: z.string(),
  message: z.string(),
  createdAt: time,
  digest: z.string(),
  document: policySchema,
});
export type PolicyRevision = z.infer<typeof policyRevision>;
export const assignment = assignmentLimitsSchema.extend({
  id,
  workspaceId: id,
  workspace: z.string(),
  principal: z.object({ kind: principalKindSchema, id, name: z.string() }),
  createdAt: time,
  rev,
});
export type Assignment = z.infer<typeof assignment>;
export const effective = z.object({
  user: z.object({ id, name: z.string() }),
  workspace: z.string(),
  /** Null: no assignment reaches this person. Otherwise each field's value with the assignments that decided it. */
  grant: z
    .record(
      z.string(),
      z.object({ value: z.unknown(), by: z.array(z.object({ assignmentId: id, principal: z.string() })) }),
    )
    .nullable(),
});
export type Effective = z.infer<typeof effective>;

/** `:id` of a workspace takes an id or a name. */
const byId = z.object({ id: z.string().max(63) });
const scope = { kind: 'workspace', param: 'id' } as const;

export const workspaceEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/workspaces',
    summary: 'workspaces',
    access: 'workspace:read',
    query: pageQuery.extend({ search: z.string().max(100).optional() }),
    response: page(workspace),
  },
  create: {
    method: 'POST',
    path: '/workspaces',
    summary: 'binds an image and a policy into a workspace',
    access: 'workspace:write',
    status: 201,
    body: z.object({
      name: workspaceNameSchema,
      description: z.string().max(1000).default(''),
      supportContact: z.string().max(500).default(''),
      type: workspaceTypeSchema.default('persistent'),
      image: imageNameSchema,
      channel: channelNameSchema.nullable().default(null),
      pinnedVersion: versionNumberSchema.nullable().default(null),
      enabled: z.boolean().default(true),
      policy: policySchema.prefault({}),
    }),
    response: workspace,
  },
  get: {
    method: 'GET',
    path: '/workspaces/:id',
    summary: 'a workspace',
    access: 'workspace:read',
    params: byId,
    response: workspace,
    scope,
  },
  update: {
    method: 'PATCH',
    path: '/workspaces/:id',
    summary: 'changes a workspace',
    access: 'workspace:write',
    params: byId,
    body: fields.partial(),
    response: workspace,
    scope,
  },
  remove: {
    method: 'DELETE',
    path: '/workspaces/:id',
    summary: 'deletes a workspace and its assignments',
    access: 'workspace:write',
    params: byId,
    scope,
  },
  clone: {
    method: 'POST',
    path: '/workspaces/:id/clone',
    summary: 'copies a workspace under a new name, without its assignments',
    access: 'workspace:write',
    status: 201,
    params: byId,
    body: z.object({ name: workspaceNameSchema }),
    response: workspace,
    scope,
  },
  listRevisions: {
    method: 'GET',
    path: '/workspaces/:id/policy',
    summary: 'policy revisions, newest first',
    access: 'workspace:read',
    params: byId,
    query: pageQuery,
    response: page(policyRevision),
    scope,
  },
  commitPolicy: {
    method: 'POST',
    path: '/workspaces/:id/policy',
    summary: 'commits a new policy revision',
    access: 'workspace:write',
    status: 201,
    params: byId,
    body: z.object({ document: policySchema, message: z.string().max(1000).default('') }),
    response: policyRevision,
    scope,
  },
  rollbackPolicy: {
    method: 'POST',
    path: '/workspaces/:id/policy/:number/rollback',
    summary: 'commits an older revision’s document as a new revision',
    access: 'workspace:write',
    status: 201,
    params: byId.extend({ number: z.coerce.number().int() }),
    response: policyRevision,
    scope,
  },
  effective: {
    method: 'GET',
    path: '/workspaces/:id/effective',
    summary: 'what a user may do with the workspace, and which assignment decided',
    access: 'workspace:read',
    params: byId,
    query: z.object({ user: z.string().max(64) }),
    response: effective,
    scope,
  },
  listAssignments: {
    method: 'GET',
    path: '/assignments',
    summary: 'assignments',
    access: 'workspace:read',
    query: pageQuery.extend({ workspace: z.string().max(63).optional() }),
    response: page(assignment),
  },
  assign: {
    method: 'POST',
    path: '/workspaces/:id/assignments',
    summary: 'assigns the workspace to a user, group or device',
    access: 'assignment:write',
    status: 201,
    params: byId,
    body: assignmentLimitsSchema.extend({ principal: z.object({ kind: principalKindSchema, id: z.string().max(64) }) }),
    response: assignment,
    scope,
  },
  /** Which workspace this and the next are about is known only after looking the assignment up: the handler asks for the permission. */
  updateAssignment: {
    method: 'PATCH',
    path: '/assignments/:id',
    summary: 'changes an assignment (takes assignment:write for its workspace)',
    access: 'signed-in',
    params: z.object({ id }),
    body: assignmentLimitChangesSchema,
    response: assignment,
  },
  removeAssignment: {
    method: 'DELETE',
    path: '/assignments/:id',
    summary: 'takes the workspace away again (takes assignment:write for it)',
    access: 'signed-in',
    params: z.object({ id }),
  },
});
