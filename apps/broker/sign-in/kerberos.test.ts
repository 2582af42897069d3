import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '@atelier/spnego';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kerberosFrom, userOf } from './kerberos.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-keytab-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('refuses keytabs that let nobody in at the start, and says which', async () => {
  const path = join(folder, 'keytab');
  expect(() => kerberosFrom(path, null)).toThrow(path);
  await writeFile(path, Buffer.from([5, 2]));
  expect(() => kerberosFrom(path, null)).toThrow('TERMSRV');
  await writeFile(path, 'no keytab');
  expect(() => kerberosFrom(path, null)).toThrow('cannot be used');
});

it.each([
  ['alice', 'EXAMPLE.ORG', 'alice'],
  ['alice', 'OTHER.ORG', null],
  ['alice', 'example.org', null],
  ['alice/admin', 'EXAMPLE.ORG', null],
  ['host/h1.example.org', 'EXAMPLE.ORG', null],
  ['alice@OTHER.ORG', 'EXAMPLE.ORG', null],
  ['', 'EXAMPLE.ORG', null],
])('takes %s of %s for %s', (user, domain, expected) => {
  const identity = { mechanism: 'kerberos', user, domain } as Identity;
  expect(userOf(identity, ['EXAMPLE.ORG'])).toBe(expected);
  expect(userOf({ ...identity, mechanism: 'ntlm' }, ['EXAMPLE.ORG'])).toBeNull();
});
