import { describe, expect, it } from 'vitest';
import { mappedUser, namesOf } from './certificate.ts';

describe('a client certificate', () => {
  it('has the names of its alternative names, and its common name', () =>
    expect(
      namesOf({ subject: { CN: 'Ada' } as never, subjectaltname: 'email:ada@example.org, DNS:ada.example.org' }),
    ).toEqual(['ada@example.org', 'ada.example.org', 'Ada']));

  const mapping = { issuer: 'A'.repeat(40), subject: '*@example.org', uri: '*', enabled: true, userName: 'ada' };
  it.each([
    [['ada@example.org'], [mapping.issuer], 'ada'],
    [['ADA@EXAMPLE.ORG'], ['B', mapping.issuer], 'ada'],
    [['ada@example.com'], [mapping.issuer], null],
    [['ada@example.org'], ['B'], null],
    [[], [mapping.issuer], null],
  ])('%j of %j is %s', (names, issuers, user) =>
    expect(mappedUser([mapping], names, issuers)?.name ?? null).toBe(user),
  );
  it('is nobody’s when the mapping is switched off', () =>
    expect(mappedUser([{ ...mapping, enabled: false }], ['ada@example.org'], [mapping.issuer])).toBeNull());

  it('is good for the resources of all mappings to its user, and no others', () => {
    const uris = ['http://a/config', 'http://a/wmi/*'].map((uri) => ({ ...mapping, uri }));
    const others = { ...mapping, uri: '*', userName: 'bob' };
    const found = mappedUser([...uris, others], ['ada@example.org'], [mapping.issuer])!;
    const asked = ['HTTP://A/Config', 'http://a/config/service', 'http://a/wmi/root', 'http://a/wmi', 'http://b'];
    expect(asked.filter(found.resources)).toEqual(['HTTP://A/Config', 'http://a/wmi/root']);
  });
});
