import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { SettingsStore } from '../config/settings-store.ts';
import { defaultConfig } from '../config/winrm-config.ts';
import { selfSignedIdentity } from '../self-signed.ts';
import { startListener } from '../start-listener.ts';

const entry = {
  address: '127.0.0.1',
  transport: 'HTTPS',
  port: 0,
  hostname: '',
  enabled: true,
  urlPrefix: 'wsman',
  certificateThumbprint: '',
} as const;

const shownAt = (port: number) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });

it('shows a certificate that was renewed, without closing the port', async () => {
  const [first, second] = [await selfSignedIdentity(['localhost']), await selfSignedIdentity(['localhost'])];
  const listener = await startListener({
    settings: new SettingsStore({ config: defaultConfig, listeners: [entry], certificateMappings: [] }),
    accounts: { checkPassword: async () => null, find: async () => null },
    providers: [],
    shells: [],
    tls: first,
    productVersion: '0.0.0-test',
  });
  const { port } = listener.ports[0]!;
  expect(await shownAt(port)).toBe(new X509Certificate(first.cert).fingerprint256);
  listener.useTls(second);
  expect(await shownAt(port)).toBe(new X509Certificate(second.cert).fingerprint256);
  await listener.stop();
});
