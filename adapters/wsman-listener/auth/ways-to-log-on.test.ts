import { ntHash, sealBody } from '@atelier/spnego';
import { afterEach, expect, it } from 'vitest';
import type { ServiceAuth } from '../config/winrm-config.ts';
import { startTestAgent, type TestAgent } from '../testing/index.ts';
import { certificateScheme } from './certificate.ts';
import { logOnByNtlm } from './testing/log-on-by-ntlm.ts';
import { oneConnection } from './testing/one-connection.ts';

const none = new Uint8Array(0);
const off = { Basic: false, Kerberos: false, Negotiate: false, Certificate: false, CredSSP: false } as const;
let agent: TestAgent;
afterEach(() => agent.stop());
const start = async () => {
  agent = await startTestAgent({
    accounts: { ntHash: async () => ntHash('Secret-1'), keytab: () => ({ entries: [] }) },
    service: { AllowUnencrypted: false },
  });
};
const allow = (auth: Partial<ServiceAuth>) =>
  agent.settings.update((now) => ({
    ...now,
    config: {
      ...now.config,
      Service: { ...now.config.Service, Auth: { ...now.config.Service.Auth, ...off, ...auth } },
    },
  }));
async function offered(url: string): Promise<readonly string[]> {
  const connection = oneConnection(url);
  const { authenticate } = await connection.send(none, {});
  connection.close();
  return authenticate;
}

it('are offered as the settings say, and only where they are safe', async () => {
  await start();
  for (const [auth, http, https] of [
    [{}, [], []],
    [{ Negotiate: true }, ['Negotiate'], ['Negotiate']],
    [{ Kerberos: true }, ['Kerberos'], ['Kerberos']],
    [{ CredSSP: true }, ['CredSSP'], ['CredSSP']],
    [{ Certificate: true }, [], [certificateScheme]],
    [{ Basic: true }, [], ['Basic realm="WSMAN"']],
  ] as const) {
    await allow(auth);
    expect([await offered(agent.http), await offered(agent.https)]).toEqual([http, https]);
  }
});

it('that are switched off end what was logged on by them, and a logon that is under way', async () => {
  await start();
  const [done, pending] = [oneConnection(agent.http), oneConnection(agent.http)];
  const { context, last } = await logOnByNtlm(done, 'Secret-1');
  expect(last.status).toBe(200);
  const hello = {
    Authorization: `Negotiate ${Buffer.from('NTLMSSP\0\x01\0\0\0\x35\x82\x08\xe2', 'latin1').toString('base64')}`,
  };
  expect((await pending.send(none, hello)).authenticate[0]).toMatch(/^Negotiate /);
  await allow({ Basic: true });
  const sealed = sealBody(context, { contentType: 'application/soap+xml', body: Buffer.from('<x/>') });
  expect((await done.send(sealed.body, { 'Content-Type': sealed.contentType })).status).toBe(401);
  expect(await pending.send(none, hello)).toMatchObject({ status: 401, authenticate: [] });
  for (const one of [done, pending]) one.close();
});

it('stay as they are when other settings change', async () => {
  await start();
  const connection = oneConnection(agent.http);
  const { context } = await logOnByNtlm(connection, 'Secret-1');
  await allow({ Negotiate: true });
  const sealed = sealBody(context, { contentType: 'application/soap+xml', body: Buffer.from('<x/>') });
  expect((await connection.send(sealed.body, { 'Content-Type': sealed.contentType })).status).toBe(500);
  connection.close();
});
