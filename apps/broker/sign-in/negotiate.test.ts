import { readConnectionConfirm, securityProtocol } from '@atelier/rdp';
import { expect, it } from 'vitest';
import { accountName } from './account-name.ts';
import { negotiate } from './negotiate.ts';

const { tls, hybrid, hybridEx, rdstls } = securityProtocol;
const answer = (protocols: number | null, nla: boolean) => {
  const { kind, confirm } = negotiate(protocols === null ? null : { flags: 0, protocols }, nla);
  return [kind, readConnectionConfirm(confirm)] as const;
};

it('takes NLA where both can, else TLS, and nothing that protects nothing', () => {
  expect(answer(tls | hybrid | hybridEx, true)).toMatchObject(['nla', { protocol: hybrid }]);
  expect(answer(tls | hybrid, false)).toMatchObject(['tls', { protocol: tls }]);
  expect(answer(tls, true)).toMatchObject(['tls', { protocol: tls }]);
  for (const protocols of [null, 0, rdstls])
    expect(answer(protocols, true)).toMatchObject(['refused', { failure: 'sslRequiredByServer' }]);
});

it('knows an account in every spelling', () => {
  expect(accountName('CORP\\éva')).toEqual({ user: 'éva', domain: 'CORP' });
  expect(accountName('éva@corp.example', 'OTHER')).toEqual({ user: 'éva', domain: 'corp.example' });
  expect(accountName(' éva ', ' CORP ')).toEqual({ user: 'éva', domain: 'CORP' });
});
