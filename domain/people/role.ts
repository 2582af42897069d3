import { z } from 'zod';

/** One thing that a person may do, `<capability>:<verb>`. */
export const permissions = [
  'people:read',
  'people:write',
  'image:read',
  'image:write',
  'image:publish',
  'workspace:read',
  'workspace:write',
  'assignment:write',
  'endpoint:read',
  'endpoint:write',
  'endpoint:command',
  'host:read',
  'host:write',
  'host:command',
  'collection:read',
  'collection:write',
  'target:read',
  'target:write',
  'session:read',
  'session:command',
  'broker:read',
  'broker:write',
  'event:read',
  'task:read',
  'task:cancel',
  'audit:read',
  'system:read',
  'system:write',
  'my:use',
] as const;
export const permissionSchema = z.enum(permissions);
export type Permission = z.infer<typeof permissionSchema>;

export const roleSchema = z.enum([
  'owner',
  'image-admin',
  'workspace-admin',
  'broker-admin',
  'server-admin',
  'helpdesk',
  'auditor',
]);
export type Role = z.infer<typeof roleSchema>;

const everyRead = permissions.filter((permission) => permission.endsWith(':read'));

/** What each role may do. `my:use` belongs to everybody who is signed in and is not listed. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  'image-admin': [
    'image:read',
    'image:write',
    'image:publish',
    'task:read',
    'task:cancel',
    'event:read',
    'system:read',
  ],
  'workspace-admin': [
    'image:read',
    'workspace:read',
    'workspace:write',
    'assignment:write',
    'people:read',
    'endpoint:read',
    'event:read',
    'task:read',
    'system:read',
  ],
  'broker-admin': [
    'people:read',
    'workspace:read',
    'endpoint:read',
    'host:read',
    'collection:read',
    'collection:write',
    'target:read',
    'target:write',
    'session:read',
    'session:command',
    'broker:read',
    'broker:write',
    'event:read',
    'task:read',
    'system:read',
  ],
  'server-admin': [
    'endpoint:read',
    'endpoint:write',
    'endpoint:command',
    'host:read',
    'host:write',
    'host:command',
    'event:read',
    'task:read',
    'task:cancel',
    'system:read',
    'system:write',
    'people:read',
  ],
  helpdesk: [
    'people:read',
    'workspace:read',
    'endpoint:read',
    'endpoint:command',
    'host:read',
    'collection:read',
    'target:read',
    'session:read',
    'session:command',
    'event:read',
    'task:read',
    'system:read',
  ],
  auditor: everyRead,
};

/** Where a role binding holds: everywhere, or for one object. */
export const scopeSchema = z.object({
  kind: z.enum(['all', 'workspace', 'image', 'collection', 'site']),
  id: z.string().nullable().default(null),
});
export type Scope = z.infer<typeof scopeSchema>;

export interface RoleBinding {
  readonly role: Role;
  readonly scope: Scope;
}

/** The object that a request touches, if it touches one. */
export interface ScopedObject {
  readonly kind: Scope['kind'];
  readonly id: string;
}
