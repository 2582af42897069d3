import { type Permission, type RoleBinding, rolePermissions, type ScopedObject } from './role.ts';

/** A signed-in person, device or token, as far as permissions are concerned. */
export interface Authority {
  readonly bindings: readonly RoleBinding[];
  /** Permissions that an API token is limited to; null means no limit. */
  readonly limitedTo: readonly Permission[] | null;
}

/**
 * Whether `authority` may do `permission` on `object`. This is the one place where roles are decided.
 * A binding with a scope helps only when the request names that very object; lists need a binding that holds everywhere.
 */
export function may(authority: Authority, permission: Permission, object?: ScopedObject): boolean {
  if (authority.limitedTo && !authority.limitedTo.includes(permission)) return false;
  if (permission === 'my:use') return true;
  return authority.bindings.some(({ role, scope }) => {
    if (!rolePermissions[role].includes(permission)) return false;
    if (scope.kind === 'all') return true;
    return object !== undefined && scope.kind === object.kind && scope.id === object.id;
  });
}
