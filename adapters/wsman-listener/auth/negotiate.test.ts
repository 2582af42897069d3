import { randomUUID } from 'node:crypto';
import { ntHash, openBody, sealBody } from '@atelier/spnego';
import { readAnswer, readIdentity, writeRequest } from '@atelier/wsman';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/index.ts';
import { logOnByNtlm } from './testing/log-on-by-ntlm.ts';
import { oneConnection } from './testing/one-connection.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({
    transports: ['HTTP'],
    service: { AllowUnencrypted: false },
    accounts: { ntHash: async (name) => (name.toLowerCase() === 'admin' ? ntHash('Secret-1') : null) },
  });
});
afterAll(() => agent.stop());

const connect = () => oneConnection(agent.http);
const none = new Uint8Array(0);
const soap = { 'Content-Type': 'application/soap+xml;charset=UTF-8' };
const identify = () =>
  Buffer.from(writeRequest({ kind: 'identify' }, { to: agent.http, messageId: `uuid:${randomUUID()}` }));

const logOn = (connection: ReturnType<typeof connect>, password = 'Secret-1') => logOnByNtlm(connection, password);

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
