import { randomBytes, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { TlsTunnel } from '@atelier/adapters/tls-tunnel';
import { selfSignedIdentity } from '@atelier/adapters/wsman-listener';
import { sampleProvider, sampleUri, startTestAgent, type TestAgent } from '@atelier/adapters/wsman-listener/testing';
import { acceptCredSsp, ntHash, subjectPublicKey } from '@atelier/spnego';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConnectionOptions, resourceLocator, Session } from '../index.ts';

const auth = {
  Basic: false,
  Kerberos: false,
  Negotiate: false,
  Certificate: false,
  CbtHardeningLevel: 'Relaxed',
} as const;
let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({
    providers: [sampleProvider(500)],
    service: { AllowUnencrypted: false, Auth: { ...auth, CredSSP: true } },
    accounts: { ntHash: async () => ntHash('Secret-1') },
  });
});
afterAll(() => agent.stop());

async function countThings(options: Omit<ConnectionOptions, 'credentials'>, password = 'Secret-1'): Promise<number> {
  const session = new Session({
    batchItems: 500,
    ...options,
    credentials: { kind: 'credssp', user: 'admin', password },
  });
  try {
    let count = 0;
    for await (const _ of session.enumerate(resourceLocator(sampleUri))) count += 1;
    return count;
  } finally {
    session.close();
  }
}

it('logs on by CredSSP over HTTP, with messages of many records sealed', async () => {
  expect(await countThings({ url: agent.http })).toBe(500);
});

it('logs on by CredSSP over HTTPS', async () => {
  expect(await countThings({ url: agent.https, trust: { skipAuthority: true, skipName: true } })).toBe(500);
});

it('hands no password to one between, whose TLS shows another key than that of the host', async () => {
  const other = await selfSignedIdentity(['localhost']);
  const host = subjectPublicKey(new X509Certificate(agent.tls.cert).raw);
  const relayed = acceptCredSsp({
    now: Date.now,
    random: (length) => randomBytes(length),
    ntlm: { computerName: 'HOST', ntHash: async () => ntHash('Secret-1') },
    publicKey: host,
  });
  const secureContext = createSecureContext(other);
  const tunnel = new TlsTunnel((wire) => new TLSSocket(wire, { isServer: true, secureContext }));
  let keyRefused = false;
  const between = createServer(async (request, response) => {
    request.resume();
    const { plain, wire } = await tunnel.feed(Buffer.from((request.headers.authorization ?? '').slice(8), 'base64'));
    const step = plain.length > 0 ? await relayed.push(plain).catch(() => null) : { token: null };
    keyRefused ||= step === null;
    const answer = step?.token ? Buffer.concat([wire, await tunnel.wrap(step.token)]) : wire;
    response.writeHead(401, { 'WWW-Authenticate': `CredSSP ${answer.toString('base64')}` }).end();
  });
  await new Promise<void>((done) => between.listen(0, '127.0.0.1', done));
  try {
    const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}/wsman`;
    await expect(countThings({ url })).rejects.toMatchObject({ code: 'winrm.denied' });
    expect(keyRefused).toBe(true);
    expect(relayed.credentials).toBeNull();
  } finally {
    between.closeAllConnections();
    between.close();
    tunnel.close();
  }
});

it('is refused with a wrong password', async () => {
  await expect(countThings({ url: agent.http }, 'wrong')).rejects.toMatchObject({ code: 'winrm.denied' });
});

it('makes nothing of a host that answers garbage, or has no end', async () => {
  const answers = [
    randomBytes(200),
    Buffer.of(0x15, 3, 3, 0, 2, 2, 40), // an alert of TLS
    Buffer.of(0x16, 3, 3, 0xff, 0xff, 1),
    Buffer.alloc(5000),
    Buffer.alloc(0),
  ];
  let legs = 0;
  let answer = answers[0]!;
  const host = createServer((request, response) => {
    request.resume();
    legs++;
    response.writeHead(401, { 'WWW-Authenticate': `CredSSP ${answer.toString('base64')}`.trim() }).end();
  });
  await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
  try {
    const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/wsman`;
    for (answer of answers) {
      legs = 0;
      await expect(countThings({ url })).rejects.toMatchObject({ code: 'winrm.denied' });
      expect(legs).toBeLessThanOrEqual(12);
    }
  } finally {
    host.closeAllConnections();
    host.close();
  }
});
