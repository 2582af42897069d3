import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SettingsStore } from '../config/settings-store.ts';
import { defaultConfig } from '../config/winrm-config.ts';
import { selfSignedIdentity } from '../self-signed.ts';
import { type Listener, startListener } from '../start-listener.ts';
import { testUser } from '../testing/index.ts';
import { certificateScheme } from './certificate.ts';
import { issueCertificate } from './testing/issue-certificate.ts';

let listener: Listener;
let port: number;
let issued: Awaited<ReturnType<typeof issueCertificate>>;
beforeAll(async () => {
  issued = await issueCertificate('ada@example.org');
  const { Service } = defaultConfig;
  const settings = new SettingsStore({
    config: { ...defaultConfig, Service: { ...Service, Auth: { ...Service.Auth, Certificate: true } } },
    listeners: [
      {
        address: '127.0.0.1',
        transport: 'HTTPS',
        port: 0,
        hostname: '',
        enabled: true,
        urlPrefix: 'wsman',
        certificateThumbprint: '',
      },
    ],
    certificateMappings: [
      {
        issuer: new X509Certificate(issued.authority).fingerprint.replaceAll(':', ''),
        subject: '*@example.org',
        uri: '*',
        enabled: true,
        userName: 'ada',
      },
    ],
  });
  listener = await startListener({
    settings,
    accounts: { checkPassword: async () => null, find: async (name) => (name === 'ada' ? testUser(name) : null) },
    providers: [],
    shells: [],
    tls: await selfSignedIdentity(['localhost']),
    clientAuthorities: issued.authority,
    productVersion: '0.0.0-test',
  });
  port = listener.ports[0]!.port;
});
afterAll(() => listener.stop());

const post = (shown: { readonly cert?: string; readonly key?: string }) =>
  new Promise<number>((resolve, reject) => {
    const headers = { Authorization: certificateScheme, 'Content-Length': 0 };
    const sent = request({
      host: '127.0.0.1',
      port,
      path: '/wsman',
      method: 'POST',
      rejectUnauthorized: false,
      agent: false,
      headers,
      ...shown,
    });
    sent.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    sent.on('error', reject);
    sent.end();
  });

it('logs on who shows a certificate that is mapped, and nobody else', async () => {
  expect(await post(issued)).toBe(200);
  expect(await post({})).toBe(401);
  const stranger = await issueCertificate('ada@example.org');
  expect(await post(stranger)).toBe(401);
  const { cert, key } = await selfSignedIdentity(['ada@example.org']);
  expect(await post({ cert, key })).toBe(401);
});
