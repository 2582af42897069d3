import type { Role } from '@atelier/domain/people';
import { expect, it } from 'vitest';
import { toldOf } from './change-access.ts';

const user = (id: string, ...roles: Role[]) =>
  ({
    kind: 'user',
    id,
    name: id,
    by: 'session',
    credentialId: '',
    authority: {
      bindings: roles.map((role) => ({ role, scope: { kind: 'all', id: null } as const })),
      limitedTo: null,
    },
  }) as const;
const nobodys = new Map<string, ReadonlySet<string>>();

it('tells administrators what they may read', () => {
  expect(toldOf({ kind: 'user', id: '1' }, user('a', 'helpdesk'), nobodys)).toEqual({ kind: 'user', id: '1' });
  expect(toldOf({ kind: 'audit', id: '1' }, user('a', 'helpdesk'), nobodys)).toBeNull();
  expect(toldOf({ kind: 'audit', id: '1' }, user('a', 'auditor'), nobodys)).toEqual({ kind: 'audit', id: '1' });
  expect(toldOf({ kind: 'transfer', id: '1' }, user('a', 'auditor'), nobodys)).toEqual({ kind: 'instance', id: '1' });
});

it('tells everybody of what is theirs, and of nothing else by name', () => {
  const owners = new Map([['instance 1', new Set(['ada'])]]);
  expect(toldOf({ kind: 'instance', id: '1' }, user('ada'), owners)).toEqual({ kind: 'instance', id: '1' });
  expect(toldOf({ kind: 'instance', id: '1' }, user('bob'), owners)).toBeNull();
  expect(toldOf({ kind: 'workspace', id: '9' }, user('bob'), owners)).toEqual({ kind: 'assignment', id: '' });
  expect(toldOf({ kind: 'user', id: '9' }, user('bob'), owners)).toBeNull();
});

it('keeps the servers’ own business to the servers, and passes a gap on to all', () => {
  expect(toldOf({ kind: 'endpoint-command', id: '1' }, user('a', 'owner'), nobodys)).toBeNull();
  expect(toldOf({ kind: 'everything', id: '' }, user('bob'), nobodys)).toEqual({ kind: 'everything', id: '' });
  expect(toldOf({ kind: 'user', id: '1' }, { kind: 'device', id: 'd', name: 'd' }, nobodys)).toBeNull();
});
