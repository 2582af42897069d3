import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverConfig } from '../config.ts';
import { openAuthority } from './authority.ts';
import { serverCertificate } from './server-certificate.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-certificates-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = (more: Parameters<typeof serverConfig>[0] = {}) => serverConfig({ stateDir: folder, ...more }, {});

it('makes the authority once, and a certificate again only when it must', async () => {
  const authority = await openAuthority(folder);
  expect((await openAuthority(folder)).ca).toBe(authority.ca);
  const first = await serverCertificate(config(), folder, authority);
  expect((await serverCertificate(config(), folder, authority)).cert).toBe(first.cert);
  const named = await serverCertificate(config({ names: ['desk.example', '10.1.2.3'] }), folder, authority);
  const certificate = new X509Certificate(named.cert);
  expect([certificate.checkHost('desk.example'), certificate.checkIP('10.1.2.3')]).toEqual([
    'desk.example',
    '10.1.2.3',
  ]);
  expect(certificate.verify(new X509Certificate(authority.ca).publicKey)).toBe(true);
  expect(((await stat(join(folder, 'server.pem'))).mode & 0o777).toString(8)).toBe('600');
  // A file that was cut off is replaced.
  await writeFile(join(folder, 'server.pem'), named.key);
  expect((await serverCertificate(config(), folder, authority)).cert).toContain('BEGIN CERTIFICATE');
});

it('goes on from a first start that was killed after the key, and refuses halves that do not fit', async () => {
  const authority = await openAuthority(folder);
  await rm(join(folder, 'ca.pem'));
  const again = await openAuthority(folder);
  expect(again.ca).not.toBe(authority.ca);
  // The certificate of the lost authority is not served any more.
  const { cert } = await serverCertificate(config(), folder, again);
  expect(new X509Certificate(cert).verify(new X509Certificate(again.ca).publicKey)).toBe(true);
  await writeFile(join(folder, 'ca.pem'), authority.ca.replace(/./, '-'));
  const key = join(folder, 'ca.key');
  await rm(key);
  await expect(openAuthority(folder)).rejects.toThrow(/put the key back/);
});
