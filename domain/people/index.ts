export { type Authority, may } from './may.ts';
export { networkOf } from './network-of.ts';
export {
  type Permission,
  permissionSchema,
  permissions,
  type Role,
  type RoleBinding,
  rolePermissions,
  roleSchema,
  type Scope,
  type ScopedObject,
  scopeSchema,
} from './role.ts';
