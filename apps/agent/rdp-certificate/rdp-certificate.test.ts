import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { thisMachine } from '../install/machine.ts';
import { uninstallPlan } from '../install/plan.ts';
import type { RdpCertificatePlace } from './rdp-certificate-file.ts';
import { readRdpCertificate, writeRdpCertificate } from './rdp-certificate-file.ts';
import { rdpCertificateStatus } from './rdp-certificate-status.ts';
import { installRdpCertificate, refreshRdpCertificate } from './refresh-certificate.ts';
import { removeRdpCertificate } from './remove-rdp-certificate.ts';
import { testAuthority } from './testing/test-authority.ts';

const { signal } = new AbortController();
const days = 86_400_000;
let folder: string;
let place: RdpCertificatePlace;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-rdp-certificate-'));
  place = { certificatePath: join(folder, 'cert.pem'), keyPath: join(folder, 'key.pem'), group: null };
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const read = (name: string) => readFile(join(folder, name), 'utf8');
const keyFits = async () =>
  new X509Certificate(await read('cert.pem')).checkPrivateKey(createPrivateKey(await read('key.pem')));

it('takes the place of a link and of a file, keeps both once, and gives them back', async () => {
  const authority = await testAuthority('h1.example.org', '10.0.0.7');
  await symlink('/etc/ssl/private/own.key', place.keyPath);
  await writeFile(place.certificatePath, 'before', { mode: 0o640 });
  const { kept } = await installRdpCertificate(folder, place, authority.ask, signal);
  expect(kept).toEqual([`${place.keyPath}.before-atelier`, `${place.certificatePath}.before-atelier`]);
  expect(await keyFits()).toBe(true);
  expect((await stat(place.keyPath)).mode & 0o777).toBe(0o600);
  expect(await rdpCertificateStatus(folder)).toMatchObject({ inPlace: true, names: ['h1.example.org', '10.0.0.7'] });
  expect((await installRdpCertificate(folder, place, authority.ask, signal)).kept).toEqual([]);
  await removeRdpCertificate(folder);
  expect([await readlink(place.keyPath), await read('cert.pem')]).toEqual(['/etc/ssl/private/own.key', 'before']);
  expect(((await stat(place.certificatePath)).mode & 0o777).toString(8)).toBe('640');
  expect((await readdir(folder)).toSorted()).toEqual(['cert.pem', 'key.pem']);
  expect(await removeRdpCertificate(folder)).toBeNull();
});

it('goes with the agent', async () => {
  const authority = await testAuthority('h1.example.org');
  await writeFile(place.certificatePath, 'before');
  await installRdpCertificate(folder, place, authority.ask, signal);
  const machine = { ...thisMachine, exists: (path: string) => path.startsWith(folder) && thisMachine.exists(path) };
  for (const step of uninstallPlan(machine, folder, false)) await step.act(machine);
  expect(await read('cert.pem')).toBe('before');
  expect(await readRdpCertificate(folder)).toBeNull();
});

it('is renewed in the last third of its life and for new names, with the same key', async () => {
  const authority = await testAuthority('h1.example.org');
  await installRdpCertificate(folder, place, authority.ask, signal);
  const key = await read('key.pem');
  const look = (now = Date.now()) => refreshRdpCertificate(folder, authority.ask, signal, now);
  expect(await look(Date.now() + 59 * days)).toMatchObject({ state: 'good' });
  expect(await look(Date.now() + 61 * days)).toMatchObject({ state: 'renewed' });
  authority.names = ['h1.example.org', 'desk.example.org'];
  expect(await look()).toMatchObject({ state: 'renewed', names: authority.names });
  authority.names = ['desk.example.org'];
  // A broker that is down for a while takes no name away.
  expect(await look()).toMatchObject({ state: 'good' });
  expect(authority.issued).toBe(3);
  expect(await read('key.pem')).toBe(key);
  expect(await keyFits()).toBe(true);
});

it('goes on where it was killed, and leaves what somebody else put there', async () => {
  const authority = await testAuthority('h1.example.org');
  await installRdpCertificate(folder, place, authority.ask, signal);
  const kept = (await readRdpCertificate(folder))!;
  await writeRdpCertificate(folder, { ...kept, placed: false });
  await writeFile(place.certificatePath, 'of before');
  const look = () => refreshRdpCertificate(folder, authority.ask, signal, Date.now() + 80 * days);
  expect(await look()).toMatchObject({ state: 'placed' });
  expect(await keyFits()).toBe(true);
  await writeFile(place.certificatePath, 'of the administrator');
  expect(await look()).toMatchObject({ state: 'foreign' });
  expect(await rdpCertificateStatus(folder)).toMatchObject({ inPlace: false });
  expect((await removeRdpCertificate(folder))?.[0]).toContain('changed by somebody');
  expect(await read('cert.pem')).toBe('of the administrator');
});

it('takes nothing from somebody else’s authority, and touches nothing then', async () => {
  const [own, other] = [await testAuthority('h1.example.org'), await testAuthority('h1.example.org')];
  const mixed: typeof own.ask = async (csr, end) => ({
    ...(await own.ask(csr, end)),
    ca: (await other.ask(null, end)).ca,
  });
  await expect(installRdpCertificate(folder, place, mixed, signal)).rejects.toThrow('not by its authority');
  const group = { ...place, group: 'no-such-group' };
  await expect(installRdpCertificate(folder, group, own.ask, signal)).rejects.toThrow('no group');
  expect(await readdir(folder)).not.toContain('cert.pem');
});
