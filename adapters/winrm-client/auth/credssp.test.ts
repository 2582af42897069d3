import { sampleProvider, sampleUri, startTestAgent, type TestAgent } from '@atelier/adapters/wsman-listener/testing';
import { ntHash } from '@atelier/spnego';
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

it('is refused with a wrong password', async () => {
  await expect(countThings({ url: agent.http }, 'wrong')).rejects.toMatchObject({ code: 'winrm.denied' });
});
