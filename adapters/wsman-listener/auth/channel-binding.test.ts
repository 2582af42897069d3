import { X509Certificate } from 'node:crypto';
import { ntHash, tlsServerEndPoint } from '@atelier/spnego';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeConfig, startTestAgent, type TestAgent } from '../testing/index.ts';
import { logOnByNtlm } from './testing/log-on-by-ntlm.ts';
import { oneConnection } from './testing/one-connection.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({ accounts: { ntHash: async () => ntHash('Secret-1') } });
});
afterAll(() => agent.stop());

async function statusOf(url: string, binding?: Uint8Array): Promise<number> {
  const connection = oneConnection(url);
  const { last } = await logOnByNtlm(connection, 'Secret-1', binding);
  connection.close();
  return last.status;
}

it.each([
  ['None', [200, 200, 200]],
  ['Relaxed', [200, 200, 401]],
  ['strict', [200, 401, 401]],
])('level %s: with our certificate named, without, with another', async (CbtHardeningLevel, due) => {
  await changeConfig(agent.http, 'Service/Auth', { CbtHardeningLevel });
  const ours = tlsServerEndPoint(new X509Certificate(agent.tls.cert).raw);
  const { https } = agent;
  expect([await statusOf(https, ours), await statusOf(https), await statusOf(https, ours.toReversed())]).toEqual(due);
  // There is nothing to bind to without TLS.
  expect(await statusOf(agent.http)).toBe(200);
});
