import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseEnrollmentToken } from './enrollment-token.ts';
import { newSigningRequest } from './signing-request.ts';
import { x509 } from './x509.ts';

it('asks for a certificate for a fresh key, proven by its signature', async () => {
  const { privateKey, csr } = await newSigningRequest('désk, CN=admin');
  const { Pkcs10CertificateRequest } = await x509();
  const request = new Pkcs10CertificateRequest(csr);
  expect(await request.verify()).toBe(true);
  expect(request.publicKey.algorithm).toMatchObject({ name: 'ECDSA', namedCurve: 'P-256' });
  expect(request.subjectName.getField('CN')).toEqual(['d?sk, CN=admin']);
  const own = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' });
  expect(Buffer.from(request.publicKey.rawData)).toEqual(own);
  expect((await newSigningRequest('x')).privateKey).not.toBe(privateKey);
});

it('takes a token apart, and refuses one without a fingerprint', () => {
  const hex = 'AB'.repeat(32);
  expect(parseEnrollmentToken(` ate_x-y.${hex} \n`)).toEqual({ secret: 'ate_x-y', caFingerprint: 'ab'.repeat(32) });
  const short = Buffer.from(hex, 'hex').toString('base64url');
  expect(parseEnrollmentToken(`ate.${short}`).caFingerprint).toBe('ab'.repeat(32));
  for (const bad of ['', 'ate_x', `.${hex}`, 'ate_x.abc', hex])
    expect(() => parseEnrollmentToken(bad)).toThrow('fingerprint');
});
