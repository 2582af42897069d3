import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { TlsTunnel, tunnelSealing } from '@atelier/adapters/tls-tunnel';
import { initiateCredSsp, ntHash, subjectPublicKey } from '@atelier/spnego';
import { readAnswer, readIdentity, readItems, writeRequest } from '@atelier/wsman';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleProvider, sampleUri, startTestAgent, type TestAgent } from '../testing/index.ts';
import { oneConnection } from './testing/one-connection.ts';

const password = 'Secret-1';
let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({
    providers: [sampleProvider(500)],
    service: {
      AllowUnencrypted: false,
      Auth: {
        Basic: false,
        Kerberos: false,
        Negotiate: false,
        Certificate: false,
        CredSSP: true,
        CbtHardeningLevel: 'Relaxed',
      },
    },
    accounts: { ntHash: async () => ntHash(password) },
  });
});
afterAll(() => agent.stop());

const type = 'application/soap+xml;charset=UTF-8';
const none = new Uint8Array(0);

/** Logs on as CredSSP's client does, over HTTP. */
async function logOn(connection: ReturnType<typeof oneConnection>, given: string) {
  const tunnel = new TlsTunnel((wire) => connect({ socket: wire, rejectUnauthorized: false, maxVersion: 'TLSv1.2' }));
  const exchange = initiateCredSsp({
    now: Date.now,
    random: (length) => randomBytes(length),
    credentials: [{ kind: 'ntlm', user: 'admin', domain: '', ntHash: ntHash(given) }],
    publicKey: subjectPublicKey(new X509Certificate(agent.tls.cert).raw),
    delegate: { domain: '', user: 'admin', password: given },
  });
  let { wire } = await tunnel.feed(none);
  let begun = false;
  for (let leg = 0; leg < 10; leg++) {
    const headers = { 'Content-Type': type, Authorization: `CredSSP ${wire.toString('base64')}` };
    const answer = await connection.send(none, headers);
    const text = answer.authenticate.find((one) => one.startsWith('CredSSP '));
    if (answer.status !== 401 || !text) return { tunnel, status: answer.status };
    const fed = await tunnel.feed(Buffer.from(text.slice(8), 'base64')).catch(() => null);
    if (!fed) return { tunnel, status: 401 };
    // Our side of TLS has more to say, or is ready: then CredSSP begins within it.
    if (fed.wire.length > 0 && fed.plain.length === 0) {
      wire = fed.wire;
      continue;
    }
    const step = await exchange.push(begun ? fed.plain : null).catch(() => null);
    if (!step?.token) return { tunnel, status: 401 };
    begun = true;
    wire = await tunnel.wrap(step.token);
  }
  throw new Error('the logon has no end');
}

it('logs on over HTTP with a password handed over, and seals messages of any size', async () => {
  const connection = oneConnection(agent.http);
  const { tunnel, status } = await logOn(connection, password);
  expect(status).toBe(200);
  const sealing = tunnelSealing(tunnel);
  const call = async (body: string) => {
    const sealed = await sealing.seal({ contentType: type, body: Buffer.from(body) });
    const answer = await connection.send(sealed.body, { 'Content-Type': sealed.contentType });
    const opened = await sealing.open({ contentType: answer.type, body: answer.body });
    return readAnswer(opened.body);
  };
  const headers = () => ({ to: agent.http, messageId: `uuid:${randomUUID()}` });
  expect(readIdentity(await call(writeRequest({ kind: 'identify' }, headers()))).productVersion).toContain('Atelier');
  const all = { ...headers(), resource: { resourceUri: sampleUri, selectors: [] } };
  const enumerate = {
    kind: 'enumerate',
    filter: null,
    mode: 'object',
    polymorphism: null,
    optimize: true,
    maxElements: 500,
    expires: null,
  } as const;
  expect(readItems(await call(writeRequest(enumerate, all)), 'object').items).toHaveLength(500);
  connection.close();
  tunnel.close();
});

it('refuses a wrong password, and garbage in place of TLS', async () => {
  const connection = oneConnection(agent.http);
  const { tunnel, status } = await logOn(connection, 'wrong');
  expect(status).toBe(401);
  tunnel.close();
  expect(
    (await connection.send(none, { Authorization: `CredSSP ${randomBytes(100).toString('base64')}` })).status,
  ).toBe(401);
  expect(agent.records.filter((one) => one.kind === 'logon-refused')).not.toEqual([]);
  connection.close();
});
