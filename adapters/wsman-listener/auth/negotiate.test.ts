import { randomBytes, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { initiateSecurity, ntHash, openBody, type SecurityContext, sealBody } from '@atelier/spnego';
import { readAnswer, readIdentity, writeRequest } from '@atelier/wsman';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/index.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({
    transports: ['HTTP'],
    service: { AllowUnencrypted: false },
    accounts: { ntHash: async (name) => (name.toLowerCase() === 'admin' ? ntHash('Secret-1') : null) },
  });
});
afterAll(() => agent.stop());

interface Answer {
  readonly status: number;
  readonly authenticate: string[];
  readonly type: string;
  readonly body: Buffer;
}

/** One connection: requests go over the same socket. */
function connect() {
  const pool = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (body: Uint8Array, headers: Record<string, string>) =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request(
        agent.http,
        { method: 'POST', agent: pool, headers: { ...headers, 'Content-Length': body.length } },
        async (got) => {
          const chunks: Buffer[] = [];
          for await (const chunk of got) chunks.push(chunk as Buffer);
          const authenticate = got.rawHeaders.flatMap((one, at) =>
            at % 2 === 0 && one.toLowerCase() === 'www-authenticate' ? [got.rawHeaders[at + 1]!] : [],
          );
          resolve({
            status: got.statusCode!,
            authenticate,
            type: got.headers['content-type'] ?? '',
            body: Buffer.concat(chunks),
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  return { send, close: () => pool.destroy() };
}

const none = new Uint8Array(0);
const soap = { 'Content-Type': 'application/soap+xml;charset=UTF-8' };
const identify = () =>
  Buffer.from(writeRequest({ kind: 'identify' }, { to: agent.http, messageId: `uuid:${randomUUID()}` }));

async function logOn(
  connection: ReturnType<typeof connect>,
  password = 'Secret-1',
): Promise<{ context: SecurityContext; last: Answer }> {
  const context = initiateSecurity({
    now: Date.now,
    random: (length) => randomBytes(length),
    credentials: [{ kind: 'ntlm', user: 'admin', domain: '', ntHash: ntHash(password) }],
  });
  let last: Answer | null = null;
  let token: Uint8Array | null = null;
  for (let leg = 0; leg < 4; leg++) {
    const step = await context.step(token);
    if (!step.token) break;
    const authorization = `Negotiate ${Buffer.from(step.token).toString('base64')}`;
    last = await connection.send(none, { ...soap, Authorization: authorization });
    const next = last.authenticate.find((one) => one.startsWith('Negotiate '));
    token = next ? Buffer.from(next.slice(10), 'base64') : null;
    if (last.status !== 401 || !token) break;
  }
  if (token && !context.done) await context.step(token).catch(() => {});
  return { context, last: last! };
}

describe('NTLM over HTTP', () => {
  it('logs on in three legs, then seals every message of the connection', async () => {
    const connection = connect();
    const { context, last } = await logOn(connection);
    expect([last.status, last.body.length]).toEqual([200, 0]);
    for (let n = 0; n < 3; n++) {
      const sealed = sealBody(context, { contentType: soap['Content-Type'], body: identify() });
      const answer = await connection.send(sealed.body, { 'Content-Type': sealed.contentType });
      expect([answer.status, answer.type]).toEqual([200, expect.stringContaining('multipart/encrypted')]);
      const opened = openBody(context, { contentType: answer.type, body: answer.body });
      expect(readIdentity(readAnswer(opened.body)).productVersion).toContain('Atelier');
    }
    // In clear: it is not allowed, even to who has logged on.
    expect((await connection.send(identify(), soap)).status).toBe(403);
    connection.close();
  });

  it('ends the connection when a sealed message is repeated', async () => {
    const connection = connect();
    const { context } = await logOn(connection);
    const sealed = sealBody(context, { contentType: soap['Content-Type'], body: identify() });
    expect((await connection.send(sealed.body, { 'Content-Type': sealed.contentType })).status).toBe(200);
    await expect(connection.send(sealed.body, { 'Content-Type': sealed.contentType })).rejects.toThrow();
    connection.close();
  });

  it('is refused with a wrong password, with garbage, and without a challenge before it', async () => {
    const connection = connect();
    expect((await logOn(connection, 'wrong')).last.status).toBe(401);
    for (const token of ['!!!', 'AAAA', Buffer.from('NTLMSSP\0\x03\0\0\0').toString('base64')]) {
      const answer = await connection.send(none, { ...soap, Authorization: `Negotiate ${token}` });
      expect([answer.status, answer.authenticate]).toEqual([401, ['Negotiate']]);
    }
    connection.close();
  });

  it('is bound to its connection', async () => {
    const [first, second] = [connect(), connect()];
    const { context } = await logOn(first);
    const sealed = sealBody(context, { contentType: soap['Content-Type'], body: identify() });
    expect((await second.send(sealed.body, { 'Content-Type': sealed.contentType })).status).toBe(401);
    first.close();
    second.close();
  });
});
