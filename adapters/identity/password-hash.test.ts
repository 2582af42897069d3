import { expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password-hash.ts';

it('knows the password again, in either spelling of its accents, and no other', async () => {
  const hash = await hashPassword('café crème');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await hashPassword('café crème')).not.toBe(hash);
  expect(await verifyPassword('cafe\u0301 cre\u0300me', hash)).toEqual({ ok: true, outdated: false });
  expect((await verifyPassword('cafe creme', hash)).ok).toBe(false);
});

it('says when a hash was made with less effort than today’s', async () => {
  // As an older version with a lower cost would have stored it.
  const { argon2Sync } = await import('node:crypto');
  const nonce = Buffer.from('0123456789abcdef');
  const tag = argon2Sync('argon2id', {
    message: 'password',
    nonce,
    parallelism: 1,
    tagLength: 32,
    memory: 8192,
    passes: 1,
  });
  const plain = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const old = `$argon2id$v=19$m=8192,t=1,p=1$${plain(nonce)}$${plain(tag)}`;
  expect(await verifyPassword('password', old)).toEqual({ ok: true, outdated: true });
});

it('says no to everything that is no hash', async () => {
  for (const hash of [null, '', 'x', '$argon2id$v=19$m=8192,t=1,p=1$$'])
    expect(await verifyPassword('', hash)).toEqual({ ok: false, outdated: false });
});
