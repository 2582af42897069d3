import { brokerFailureErrorInfo, type Collection } from '@atelier/domain/broker';
import { errorInfo } from '@atelier/rdp';
import { expect, it } from 'vitest';
import { errorInfoOf } from './error-info-of.ts';
import { redirectionByToken, redirectionToTarget } from './redirection-to.ts';
import { collectionInTsvUrl, wantedCollection } from './wanted-collection.ts';

const allowed = [{ name: 'Pool A' }, { name: 'Büro' }] as Collection[];
const wants = (loadBalanceInfo: string | null, preconnectionBlob: string | null = null) =>
  wantedCollection({ loadBalanceInfo, preconnectionBlob }, allowed);

it('finds the collection that a connection file names, as Windows and as people spell it', () => {
  expect(collectionInTsvUrl('tsv://MS Terminal Services Plugin.1.Pool_A')).toBe('Pool_A');
  expect(wants('tsv://MS Terminal Services Plugin.1.Pool_A')?.collection?.name).toBe('Pool A');
  expect(wants('tsv://büro')?.collection?.name).toBe('Büro');
  expect(wants(null, 'pool a')?.collection?.name).toBe('Pool A');
  expect(wants('tsv://Secret')).toEqual({ name: 'Secret', collection: null });
  expect(wants('Cookie: msts=1.2.0000')).toBeNull();
  expect(wants(null, ' ')).toBeNull();
});

it('sends clients back with a token, or to the target by name first, with what was typed in our form only', () => {
  const { loadBalanceInfo, ...rest } = redirectionByToken('abc', null);
  expect([Buffer.from(loadBalanceInfo!).toString(), rest]).toEqual(['Cookie: msts=abc', {}]);
  const typed = redirectionByToken('abc', { user: 'bob', domain: '', password: 'x' });
  expect(typed).toMatchObject({ userName: 'bob', password: { kind: 'clear', password: 'x' } });
  const target = { fqdn: null, netbios: 'H1', endpoints: [{ address: '10.0.0.1', port: 3389 }] };
  expect(redirectionToTarget(target, null)).toEqual({ targetAddress: '10.0.0.1', targetNetbiosName: 'H1' });
  const named = { fqdn: null, netbios: null, endpoints: [{ address: 'h1.lab', port: 3389 }] };
  expect(redirectionToTarget(named, null)).toEqual({ targetFqdn: 'h1.lab' });
  expect(() => redirectionToTarget({ fqdn: null, netbios: null, endpoints: [] }, null)).toThrow('neither a name');
});

it('has a name for the error info of every failure', () => {
  for (const [code, number] of Object.entries(brokerFailureErrorInfo))
    expect(errorInfo[errorInfoOf(code as keyof typeof brokerFailureErrorInfo)]).toBe(number);
});
