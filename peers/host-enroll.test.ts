import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Session } from '@atelier/adapters/winrm-client';
import { enrollAgent, newSigningRequest, renewCertificate } from '@atelier/agent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, freePort, startAgentProcess } from './agent/agent-process.ts';
import { until } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

let server: TestServer;
let agent: AgentProcess;
let folder: string;
let port: number;
const me = userInfo().username;

const invite = async (more: object = {}) => {
  const made = await server.owner.post('/api/v1/hosts/invitations', more);
  expect(made.status, made.text).toBe(201);
  return made.body as { token: string; command: string };
};

const enroll = (token: string, stateFolder: string, more: object = {}) =>
  enrollAgent({
    stateFolder,
    server: server.server.url,
    token,
    name: 'enrolled-1',
    address: `https://127.0.0.1:${port}`,
    listen: { address: '127.0.0.1', port },
    runAs: me,
    ...more,
  });

const theHost = async () => {
  const { body } = await server.owner.get('/api/v1/hosts?search=enrolled-1');
  return body.items[0];
};

let used: string;

beforeAll(async () => {
  [server, folder, port] = await Promise.all([testServer(), mkdtemp(join(tmpdir(), 'atelier-enroll-')), freePort()]);
  const { token, command } = await invite({ labels: ['web'] });
  expect(command).toContain(`atelier agent install --server ${server.server.url} --token ${token}`);
  used = token;
  await enroll(token, folder);
  agent = await startAgentProcess({}, {}, folder);
});
afterAll(async () => {
  await agent?.stop();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('a machine that registered itself', () => {
  it('is reached without a password, with its facts', async () => {
    const host = await until(async () => {
      const found = await theHost();
      return found?.state === 'reachable' ? found : undefined;
    });
    expect(host).toMatchObject({
      name: 'enrolled-1',
      enrolled: true,
      labels: ['web'],
      signIn: { kind: 'certificate' },
      trust: { kind: 'authority' },
      facts: { computerName: hostname(), memoryBytes: expect.any(Number), osCaption: expect.any(String) },
    });
    expect(host.facts.memoryBytes).toBeGreaterThan(0);
    const events = await server.owner.get('/api/v1/events?search=enrolled-1');
    expect(events.text).not.toContain('host.lost');
  });

  it('keeps what it was given to itself, and listens with TLS only', async () => {
    expect((await stat(join(folder, 'enrollment.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const { listeners } = JSON.parse(await readFile(join(folder, 'winrm.json'), 'utf8'));
    expect(listeners.map((one: { transport: string }) => one.transport)).toEqual(['HTTPS']);
  });

  it('runs commands as the account that it lets the server be', async () => {
    const { id } = await theHost();
    const answer = await server.owner.post(`/api/v1/hosts/${id}/run`, { command: 'id -un; exit 3' });
    const lines = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const shown = lines
      .filter((one) => one.stream === 'stdout')
      .map((one) => Buffer.from(one.data, 'base64').toString());
    expect([shown.join(''), lines.at(-1)]).toEqual([`${me}\n`, { exitCode: 3 }]);
  });

  it('lets nobody in whom the same authority certified as something else', async () => {
    const { privateKey, csr } = await newSigningRequest('Atelier manager');
    const token = await server.server.createEnrollmentToken();
    const facts = { name: 'laptop', os: 'Debian 12', ramMiB: 8192, accelerator: 'tcg', clientVersion: '0.1.0' };
    const enrolled = await server.anonymous.post('/api/v1/device/enroll', { token, csr, facts });
    expect(enrolled.status, enrolled.text).toBe(201);
    const session = new Session({
      url: agent.https,
      credentials: { kind: 'certificate', certificate: enrolled.body.certificate, key: privateKey },
      trust: { authorities: server.server.ca },
    });
    await expect(session.get('winrm/config')).rejects.toThrow(/refused/);
    session.close();
    // Nor with its own certificate, which is for listening.
    const own = JSON.parse(await readFile(join(folder, 'enrollment.json'), 'utf8'));
    const itself = new Session({
      url: agent.https,
      credentials: { kind: 'certificate', certificate: own.certificate, key: own.privateKey },
      trust: { authorities: server.server.ca },
    });
    await expect(itself.get('winrm/config')).rejects.toThrow();
    itself.close();
  });

  it('gets a new certificate for the key that it has, and only with that key', async () => {
    const before = JSON.parse(await readFile(join(folder, 'enrollment.json'), 'utf8'));
    const renewed = await renewCertificate(folder);
    expect(renewed!.certificate).not.toBe(before.certificate);
    const [old, now] = [before.certificate, renewed!.certificate].map((pem) => new X509Certificate(pem));
    expect(now!.publicKey.equals(old!.publicKey)).toBe(true);
    expect(now!.subjectAltName).toBe(old!.subjectAltName);
    const { csr } = await newSigningRequest('enrolled-1');
    const stolen = { hostId: before.hostId, certificate: before.certificate, csr };
    expect((await server.anonymous.post('/api/v1/hosts/renew', stolen)).body.code).toBe('host.certificate-invalid');
  });
});

describe('a token for hosts', () => {
  it.each([
    ['that was used', () => used, 'host.token-invalid'],
    ['that was never made', () => used.replace(/^ath_..../, 'ath_none'), 'host.token-invalid'],
    ['that was copied in part', () => used.slice(0, -3), 'host.token-invalid'],
    ['of another server', () => used.replace(/[0-9a-f]{8}$/, '00000000'), 'host.server-mismatch'],
  ])('%s registers nothing, and one is told', async (_, token, code) => {
    const nothing = await mkdtemp(join(tmpdir(), 'atelier-enroll-'));
    await expect(enroll(token(), nothing, { name: 'another-1' })).rejects.toMatchObject({ code });
    await expect(stat(join(nothing, 'enrollment.json'))).rejects.toThrow('ENOENT');
    expect((await server.owner.get('/api/v1/hosts?search=another-1')).body.items).toEqual([]);
    await rm(nothing, { recursive: true });
  });

  it('is not spent on an account that could not manage the machine', async () => {
    const { token } = await invite();
    const nothing = await mkdtemp(join(tmpdir(), 'atelier-enroll-'));
    await expect(enroll(token, nothing, { name: 'weak-1', runAs: 'nobody' })).rejects.toThrow(/nobody cannot manage/);
    await rm(nothing, { recursive: true });
  });

  it('takes no host’s name that a person registered', async () => {
    const signIn = { kind: 'basic', user: 'u', password: 'p' };
    const address = 'https://127.0.0.1:9';
    const made = await server.owner.post('/api/v1/hosts', { name: 'by-hand', address, signIn });
    const { token } = await invite();
    const nothing = await mkdtemp(join(tmpdir(), 'atelier-enroll-'));
    await expect(enroll(token, nothing, { name: 'BY-hand' })).rejects.toMatchObject({ code: 'host.name-taken' });
    await rm(nothing, { recursive: true });
    expect((await server.owner.send('DELETE', `/api/v1/hosts/${made.body.id}`)).status).toBe(204);
  });
});

it('forgets a host: it can renew nothing any more', async () => {
  const { id } = await theHost();
  expect((await server.owner.send('DELETE', `/api/v1/hosts/${id}`)).status).toBe(204);
  await expect(renewCertificate(folder)).rejects.toThrow(/registered/);
});
