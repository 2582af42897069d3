import { describe, expect, it } from 'vitest';
import { type Authority, may, permissions, type RoleBinding } from './index.ts';

const everywhere = { kind: 'all', id: null } as const;
const who = (...bindings: RoleBinding[]): Authority => ({ bindings, limitedTo: null });

describe('may', () => {
  it('lets an owner do everything and a person without a role nothing but use their own', () => {
    for (const permission of permissions) {
      expect(may(who({ role: 'owner', scope: everywhere }), permission)).toBe(true);
      expect(may(who(), permission)).toBe(permission === 'my:use');
    }
  });

  it('lets an auditor read and change nothing', () => {
    const auditor = who({ role: 'auditor', scope: everywhere });
    for (const permission of permissions)
      expect(may(auditor, permission)).toBe(permission.endsWith(':read') || permission === 'my:use');
  });

  it('holds a scoped role to its object, and never lets it list everything', () => {
    const one = who({ role: 'workspace-admin', scope: { kind: 'workspace', id: 'a' } });
    expect(may(one, 'workspace:write', { kind: 'workspace', id: 'a' })).toBe(true);
    expect(may(one, 'workspace:write', { kind: 'workspace', id: 'b' })).toBe(false);
    expect(may(one, 'workspace:write', { kind: 'image', id: 'a' })).toBe(false);
    expect(may(one, 'workspace:read')).toBe(false);
  });

  it('lets a token do no more than its scopes, whatever its owner may', () => {
    const token: Authority = { bindings: [{ role: 'owner', scope: everywhere }], limitedTo: ['image:read'] };
    expect(may(token, 'image:read')).toBe(true);
    expect(may(token, 'image:write')).toBe(false);
    expect(may(token, 'my:use')).toBe(false);
  });
});
