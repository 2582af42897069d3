import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { commandShell } from '@atelier/adapters/command-shell';
import { propertiesOf, Session } from '@atelier/adapters/winrm-client';
import { defaultConfig, SettingsStore, selfSignedIdentity, startListener } from '@atelier/adapters/wsman-listener';
import { startTestAgent, type TestAgent, testUser } from '@atelier/adapters/wsman-listener/testing';
import { type Keytab, parseKeytab } from '@atelier/spnego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAuthority } from '../adapters/trim-client/testing/authority.ts';
import { type Kdc, startKdc } from './support/kdc.ts';

// Our client and its command line with tickets of MIT's KDC, against our listener: got with a password, and from the cache of kinit.

const password = 'Grün & gut 7';
let kdc: Kdc;
let cache: string;
let agent: TestAgent;

beforeAll(async () => {
  kdc = await startKdc();
  await kdc.addUser('carol', password);
  const keytab: Keytab = parseKeytab(await readFile(await kdc.addServices('HTTP/localhost')));
  cache = await kdc.login('carol', password);
  agent = await startTestAgent({
    service: { AllowUnencrypted: false },
    shells: [commandShell()],
    accounts: {
      keytab: () => keytab,
      find: async (name, realm) => (name === 'carol' && realm === kdc.realm ? testUser('carol') : null),
    },
  });
});
afterAll(async () => {
  await agent?.stop();
  await kdc?.stop();
});

const at = (url: string) => url.replace('127.0.0.1', 'localhost');

/** Runs one of our programs as a person would; gives its exit code and output. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(
      join(import.meta.dirname, '../bin', program),
      [...args],
      { env: { ...process.env, ...kdc.env, ...env }, timeout: 60_000 },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? 255) : 0, out, err }),
    );
    child.stdin!.end(input);
  });
}

describe('our client with Kerberos', () => {
  it.each(['http', 'https'] as const)('logs on with a password over %s', async (scheme) => {
    await using session = new Session({
      url: at(agent[scheme]),
      credentials: { kind: 'kerberos', user: `carol@${kdc.realm}`, password, kdcs: [`127.0.0.1:${kdc.port}`] },
      trust: { skipAuthority: true },
    });
    expect(propertiesOf(await session.get('winrm/config'))).toMatchObject({ MaxTimeoutms: '60000' });
    await using shell = await session.shell();
    const { stdout, exitCode } = await shell.run('cat; exit 4', [], { input: 'ü\n' });
    expect([stdout.toString(), exitCode]).toEqual(['ü\n', 4]);
  });

  it('is refused with a wrong password, and with a ticket for somebody who has no account', async () => {
    const credentials = {
      kind: 'kerberos',
      user: `carol@${kdc.realm}`,
      password: 'no',
      kdcs: [`127.0.0.1:${kdc.port}`],
    } as const;
    const wrong = new Session({ url: at(agent.http), credentials });
    await expect(wrong.get('winrm/config')).rejects.toMatchObject({ code: 'winrm.denied' });
    wrong.close();
    await kdc.addUser('dora', password);
    const dora = new Session({
      url: at(agent.http),
      credentials: { ...credentials, user: `dora@${kdc.realm}`, password },
    });
    await expect(dora.get('winrm/config')).rejects.toMatchObject({ code: 'winrm.denied' });
    dora.close();
  });
});

describe('our client with a certificate', () => {
  it('is the user whom the certificate is mapped to, and nobody with another', async () => {
    const issue = await testAuthority();
    const ada = await issue('ada@example.org');
    const other = await issue('eve@example.com');
    const thumbprint = new X509Certificate(ada.ca).fingerprint.replaceAll(':', '');
    const entry = {
      address: '127.0.0.1',
      transport: 'HTTPS',
      port: 0,
      hostname: '',
      enabled: true,
      urlPrefix: 'wsman',
      certificateThumbprint: '',
    } as const;
    const { Service } = defaultConfig;
    const listener = await startListener({
      settings: new SettingsStore({
        config: { ...defaultConfig, Service: { ...Service, Auth: { ...Service.Auth, Certificate: true } } },
        listeners: [entry],
        certificateMappings: [
          { issuer: thumbprint, subject: '*@example.org', uri: '*', enabled: true, userName: 'ada' },
        ],
      }),
      accounts: { checkPassword: async () => null, find: async (name) => testUser(name) },
      providers: [],
      shells: [],
      tls: await selfSignedIdentity(['localhost']),
      clientAuthorities: ada.ca,
      productVersion: '0',
    });
    try {
      const url = `https://127.0.0.1:${listener.ports[0]!.port}/wsman`;
      const trust = { skipAuthority: true, skipName: true };
      const as = (one: typeof ada) =>
        new Session({ url, trust, credentials: { kind: 'certificate', certificate: one.cert, key: one.key } });
      await using mine = as(ada);
      expect(propertiesOf(await mine.get('winrm/config'))).toMatchObject({ MaxTimeoutms: '60000' });
      await using theirs = as(other);
      await expect(theirs.get('winrm/config')).rejects.toMatchObject({ code: 'winrm.denied' });
    } finally {
      await listener.stop();
    }
  });
});

describe('winrm and winrs, as programs', () => {
  it('use the tickets of kinit, and say what is wrong', async () => {
    const env = { KRB5CCNAME: `FILE:${cache}` };
    const got = await run('winrm', ['get', 'winrm/config/winrs', `-r:${at(agent.http)}`], env);
    expect(got).toEqual({
      code: 0,
      out: expect.stringMatching(/^Winrs\n {4}AllowRemoteShellAccess = true\n/),
      err: '',
    });
    const ran = await run('winrs', [`-r:${at(agent.http)}`, 'id -un; cat; exit 5'], env, 'from here\n');
    expect(ran).toEqual({ code: 5, out: `${userInfo().username}\nfrom here\n`, err: '' });
    const missing = await run('winrm', ['get', 'wmicimv2/Nothing', `-r:${at(agent.http)}`], env);
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('Error number: 2150858752 0x80338000') });
    const nobody = await run('winrm', ['get', 'winrm/config', `-r:${at(agent.http)}`], {
      KRB5CCNAME: 'FILE:/nonexistent',
    });
    expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining('kinit') });
  });
});
