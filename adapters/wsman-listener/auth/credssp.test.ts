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
    people: { admin: password, bob: password, ada: 'Secret-2', locked: 'of-the-system' },
    accounts: { ntHash: async () => ntHash(password) },
  });
});
afterAll(() => agent.stop());

const type = 'application/soap+xml;charset=UTF-8';
const none = new Uint8Array(0);

const newTunnel = () =>
  new TlsTunnel((wire) => connect({ socket: wire, rejectUnauthorized: false, maxVersion: 'TLSv1.2' }));
const refusals = () => agent.records.filter((one) => one.kind === 'logon-refused');

interface Person {
  readonly user?: string;
  /** Proved by NTLM. */
  readonly proved?: string;
  /** Handed over. */
  readonly delegate?: { readonly user: string; readonly password: string };
}

/** Logs on as CredSSP's client does, over HTTP; gives what it sent as well. */
async function logOn(connection: ReturnType<typeof oneConnection>, person: Person = {}) {
  const { user = 'admin', proved = password, delegate = { user, password: proved } } = person;
  const tunnel = newTunnel();
  const sent: string[] = [];
  const exchange = initiateCredSsp({
    now: Date.now,
    random: (length) => randomBytes(length),
    credentials: [{ kind: 'ntlm', user, domain: '', ntHash: ntHash(proved) }],
    publicKey: subjectPublicKey(new X509Certificate(agent.tls.cert).raw),
    delegate: { domain: '', ...delegate },
  });
  let { wire } = await tunnel.feed(none);
  let begun = false;
  for (let leg = 0; leg < 10; leg++) {
    sent.push(`CredSSP ${wire.toString('base64')}`);
    const answer = await connection.send(none, { 'Content-Type': type, Authorization: sent.at(-1)! });
    const text = answer.authenticate.find((one) => one.startsWith('CredSSP '));
    if (answer.status !== 401 || !text) return { tunnel, sent, status: answer.status };
    const fed = await tunnel.feed(Buffer.from(text.slice(8), 'base64')).catch(() => null);
    if (!fed) return { tunnel, sent, status: 401 };
    // Our side of TLS has more to say, or is ready: then CredSSP begins within it.
    if (fed.wire.length > 0 && fed.plain.length === 0) {
      wire = fed.wire;
      continue;
    }
    const step = await exchange.push(begun ? fed.plain : null).catch(() => null);
    if (!step?.token) return { tunnel, sent, status: 401 };
    begun = true;
    wire = await tunnel.wrap(step.token);
  }
  throw new Error('the logon has no end');
}

it('logs on over HTTP with a password handed over, and seals messages of any size', async () => {
  const connection = oneConnection(agent.http);
  const { tunnel, status } = await logOn(connection);
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
  const { tunnel, status } = await logOn(connection, { proved: 'wrong' });
  expect(status).toBe(401);
  tunnel.close();
  expect(
    (await connection.send(none, { Authorization: `CredSSP ${randomBytes(100).toString('base64')}` })).status,
  ).toBe(401);
  expect(refusals().map((one) => one.user)).toEqual(['admin', '']);
  connection.close();
});

it('takes no password that the system does not take for the account, or that is of another person', async () => {
  for (const person of [
    // NTLM knows the password of the product's own account; the system's is another one, or it is locked.
    { user: 'locked' },
    { delegate: { user: 'ada', password: 'Secret-2' } },
    { delegate: { user: 'admin', password: 'wrong' } },
    { delegate: { user: 'admin', password: '' } },
  ]) {
    const before = refusals().length;
    const connection = oneConnection(agent.http);
    const { tunnel, status } = await logOn(connection, person);
    expect([status, refusals().length - before]).toEqual([401, 1]);
    tunnel.close();
    connection.close();
  }
  expect(refusals().map((one) => one.user)).toContain('locked');
});

it('says that nobody can be asked, when the system cannot be', async () => {
  const { Auth } = agent.settings.current.config.Service;
  const other = await startTestAgent({
    service: { Auth },
    accounts: { ntHash: async () => ntHash(password), checkPassword: () => Promise.reject(new Error('no pam')) },
  });
  const before = agent;
  agent = other;
  try {
    const connection = oneConnection(other.http);
    const { tunnel, status } = await logOn(connection);
    expect(status).toBe(500);
    tunnel.close();
    connection.close();
  } finally {
    agent = before;
    await other.stop();
  }
});

it('is worth nothing when it is repeated, on its connection or another one', async () => {
  const [first, second] = [oneConnection(agent.http), oneConnection(agent.http)];
  const { tunnel, sent, status } = await logOn(first, { user: 'bob' });
  expect(status).toBe(200);
  const statuses: number[] = [];
  for (const Authorization of [...sent, sent.at(-1)!])
    for (const connection of [first, second]) statuses.push((await connection.send(none, { Authorization })).status);
  expect(new Set(statuses)).toEqual(new Set([401]));
  tunnel.close();
  for (const one of [first, second]) one.close();
});

/** Completes TLS, and gives what sends bytes through it. */
async function withinTls(connection: ReturnType<typeof oneConnection>) {
  const tunnel = newTunnel();
  const send = (wire: Buffer) => connection.send(none, { Authorization: `CredSSP ${wire.toString('base64')}` });
  const answered = async (wire: Buffer) => {
    const { status, authenticate } = await send(wire);
    const text = authenticate.find((one) => one.startsWith('CredSSP '))?.slice(8) ?? '';
    return { status, ...(text ? await tunnel.feed(Buffer.from(text, 'base64')) : { plain: none, wire: none }) };
  };
  let { wire } = await tunnel.feed(none);
  for (let leg = 0; leg < 2; leg++) wire = (await answered(wire)).wire as Buffer;
  expect(wire).toHaveLength(0);
  return { tunnel, say: async (plain: Uint8Array) => answered(await tunnel.wrap(plain)) };
}

it('refuses legs out of order, and tells the client within TLS', async () => {
  const before = refusals().length;
  for (const message of ['300ba003020106a2040402aabb', '300ba003020106a3040402aabb', '3005a003020106']) {
    const connection = oneConnection(agent.http);
    const { tunnel, say } = await withinTls(connection);
    const { status, plain } = await say(Buffer.from(message, 'hex'));
    // STATUS_ACCESS_DENIED in a TSRequest.
    expect([status, Buffer.from(plain).toString('hex')]).toEqual([401, expect.stringContaining('c0000022')]);
    tunnel.close();
    connection.close();
  }
  expect(refusals().length - before).toBe(3);
});

it('has an end, whatever the client sends', async () => {
  const before = refusals().length;
  const connection = oneConnection(agent.http);
  const { tunnel, say } = await withinTls(connection);
  // A message of 32 KB, octet by octet.
  let legs = 0;
  for (const octet of [0x30, 0x82, 0x80, 0x00, ...Array<number>(20).fill(0)]) {
    if (refusals().length > before) break;
    legs++;
    expect((await say(Uint8Array.of(octet))).status).toBe(401);
  }
  expect(legs).toBeLessThan(12);
  tunnel.close();
  connection.close();
});
