import { selfSignedIdentity } from '@atelier/adapters/wsman-listener';
import { expect, it } from 'vitest';
import { parseHostToken } from './enrollment-token.ts';
import { lastThird, needsRenewal } from './renew-certificate.ts';

const fingerprint = 'ab'.repeat(32);

it('finds the fingerprint of the authority in a token', () => {
  expect(parseHostToken(` ath_a-b_C.${fingerprint.toUpperCase()}\n`)).toMatchObject({ fingerprint });
  for (const bad of ['', 'ath_x', `.${fingerprint}`, `ath_x.${fingerprint.slice(1)}`, `ath_x.${fingerprint}.y`])
    expect(() => parseHostToken(bad)).toThrow('fingerprint');
});

it('renews a certificate in the last third of its life, and one that the machine cannot sign in with', async () => {
  const { cert: certificate } = await selfSignedIdentity(['host']);
  const days = 86_400_000;
  expect(lastThird({ certificate }, Date.now())).toBe(false);
  expect(lastThird({ certificate }, Date.now() + 5 * 365 * 0.6 * days)).toBe(false);
  expect(lastThird({ certificate }, Date.now() + 5 * 365 * 0.7 * days)).toBe(true);
  // It is for servers only.
  expect(needsRenewal({ certificate }, Date.now())).toBe(true);
});
