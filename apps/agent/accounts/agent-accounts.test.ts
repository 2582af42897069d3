import type { OperationUser } from '@atelier/plugin-kit';
import { expect, it } from 'vitest';
import { agentAccounts } from './agent-accounts.ts';
import { OwnAccounts } from './own-accounts.ts';
import type { SystemUsers } from './system-users.ts';

const named = (name: string): OperationUser => ({ name, account: null, administrator: false });
const known = ['ada', 'expired', 'bob@example.org'];
const users = {
  find: async (name: string) => (known.includes(name) ? named(name) : null),
} as unknown as SystemUsers;
const accounts = agentAccounts({
  users,
  passwords: { check: async (_, password) => password === 'right', mayLogOn: async (name) => name !== 'expired' },
  own: new OwnAccounts('/nonexistent'),
  keytab: '/nonexistent',
});
const signal = new AbortController().signal;

it('finds whom a ticket, a hash or a certificate names, as long as the account may log on', async () => {
  expect((await accounts.find('ada', ''))?.name).toBe('ada');
  expect((await accounts.find('EXAMPLE\\ada', ''))?.name).toBe('ada');
  expect((await accounts.find('bob', 'EXAMPLE.ORG'))?.name).toBe('bob@example.org');
  expect(await accounts.find('expired', '')).toBeNull();
  expect(await accounts.find('nobody', '')).toBeNull();
});

it('asks for the password of the account, without the domain', async () => {
  expect((await accounts.checkPassword('EXAMPLE\\ada', 'right', signal))?.name).toBe('ada');
  expect(await accounts.checkPassword('ada', 'wrong', signal)).toBeNull();
});
