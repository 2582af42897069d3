import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerLab, brokerLab, password } from './rdp-lab/broker-lab.ts';
import { enrollHostAgent, type HostAgent } from './rdp-lab/host-agent.ts';
import { startRdpClient } from './rdp-lab/rdp-client.ts';
import { startXrdpHost, type XrdpHost } from './rdp-lab/xrdp-host.ts';
import { until } from './server/caller.ts';

// A real xrdp host, a broker that carries connections there, and a real xfreerdp that asks nobody: it refuses every certificate that is not by the
// authority that it trusts, or that does not hold the name it dialled.

// FreeRDP 2 compares no addresses, only names.
const desk = 'desk.atelier.test';
let lab: BrokerLab;
let host: XrdpHost;
let agent: HostAgent;
let here: string;
let authority: string;

beforeAll(async () => {
  lab = await brokerLab({}, { ATELIER_BROKER_NAMES: desk });
  host = await startXrdpHost(lab.network, { name: 'h1', colour: 0x483d8b, password, users: ['alice'] });
  lab.later(host.kill);
  agent = await enrollHostAgent(lab, host);
  await lab.addUsers('alice');
  authority = join(agent.stateFolder, 'people-trust.pem');
  await writeFile(authority, lab.server.ca);
  here = (await lab.network.addMachine()).namespace;
  // What `ip netns exec` shows there as /etc.
  const etc = join('/etc/netns', here);
  await mkdir(etc, { recursive: true });
  lab.later(() => rm(etc, { recursive: true, force: true }));
  await writeFile(join(etc, 'hosts'), `${lab.network.here} ${desk}\n`);
});
afterAll(() => lab?.stop());

const dial = async () => {
  const words = [`/v:${desk}`, '/u:alice', `/p:${password}`, '/cert:deny', '/bpp:24'];
  const client = await startRdpClient(here, words, { SSL_CERT_FILE: authority });
  lab.later(client.close);
  return client;
};
const shown = async () =>
  new X509Certificate(await host.read('/etc/xrdp/cert.pem')).fingerprint256.replaceAll(':', '').toLowerCase();
const pinned = async () =>
  (
    await lab.database.db
      .selectFrom('broker_target')
      .select('certificate_fingerprint as known')
      .executeTakeFirstOrThrow()
  ).known;
const command = ['agent', 'rdp-certificate'] as const;

it('is not made for a host that nobody linked to a target', async () => {
  await expect(agent.atelier(...command, 'install', '--yes')).rejects.toThrow('serves no desktops');
});

it('takes the place of the usual one, which clients refuse behind a broker; then they come through without a question', async () => {
  const collection = await lab.addCollection('Office', [host]);
  const linked = lab.database.db.updateTable('broker_target').set({ host_id: agent.hostId });
  await linked.where('collection_id', '=', collection).execute();

  const refused = await dial();
  expect(await refused.ended).not.toBe(0);
  expect(refused.output()).toMatch(/certificate not trusted/);
  // It trusted the broker, which chose a target.
  const chosen = await lab.database.db.selectFrom('broker_session').select('state').execute();
  expect(chosen).toHaveLength(1);
  await refused.close();

  const before = (await agent.run(['readlink', '/etc/xrdp/key.pem'])).output;
  const said = await agent.atelier(...command, 'install', '--yes');
  for (const name of [desk, host.address]) expect(said).toContain(name);
  expect(said).toContain('/etc/xrdp/key.pem.before-atelier');
  expect((await agent.run(['readlink', '/etc/xrdp/key.pem.before-atelier'])).output).toBe(before);
  expect((await agent.run(['stat', '-c', '%a %U %G', '/etc/xrdp/key.pem'])).output.trim()).toBe('640 root xrdp');
  expect(await agent.atelier(...command, 'status')).toContain(desk);

  expect(await pinned()).toBe(await shown());
  const client = await dial();
  await client.sees([host.colour]);
  // It says that there is no web server's purpose in it, and goes on.
  expect(client.output()).not.toMatch(/not trusted|mismatch/i);
  await client.close();
});

it('is good for RDP and passes for no web server, whatever names it holds', async () => {
  const certificate = await host.read('/etc/xrdp/cert.pem');
  const key = await host.read('/etc/xrdp/key.pem');
  const impostor = createServer({ cert: certificate, key }).listen(0, lab.network.here);
  await once(impostor, 'listening');
  const { port } = impostor.address() as { port: number };
  const socket = connect({ host: lab.network.here, port, ca: lab.server.ca });
  try {
    await expect(once(socket, 'secureConnect')).rejects.toMatchObject({ code: 'INVALID_PURPOSE' });
  } finally {
    socket.destroy();
    impostor.close();
  }
});

it('holds other names when the broker has another one, as soon as the agent looks', async () => {
  await lab.owner.send('PATCH', '/api/v1/broker/settings', { body: { address: 'desk.example.org:3390' } });
  await agent.start();
  const holds = async () => {
    const names = new X509Certificate(await host.read('/etc/xrdp/cert.pem')).subjectAltName ?? '';
    return names.includes('DNS:desk.example.org') && names;
  };
  expect(await until(holds)).toContain(`DNS:${desk}`);
  await until(async () => (await pinned()) === (await shown()));
});

it('gives its place back', async () => {
  await agent.atelier(...command, 'remove', '--yes');
  expect((await agent.run(['readlink', '/etc/xrdp/cert.pem'])).output.trim()).toBe(
    '/etc/ssl/certs/ssl-cert-snakeoil.pem',
  );
  expect((await agent.run(['ls', '/etc/xrdp'])).output).not.toContain('before-atelier');
  expect(await pinned()).toBeNull();
});
