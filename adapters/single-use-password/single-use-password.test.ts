import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  checkPassword,
  makePassword,
  newPasswordKey,
  passwordKeys,
  passwordLifeMs,
  readPublicKey,
  writePublicKey,
} from './index.ts';

const { privateKey, publicKey } = passwordKeys(newPasswordKey());
const now = 1_800_000_000_000;
const holder = { user: 'éva', targetId: 'T1' };
const here = { user: 'éva', targetIds: ['T0', 'T1'] };
const password = makePassword(privateKey, holder, now);

describe('a single-use password', () => {
  it('is short enough for every client, and genuine for its user on its target', () => {
    expect(password).toMatch(/^atelier1\.[\w-]{107}$/);
    expect(checkPassword(readPublicKey(writePublicKey(publicKey)), password, here, now)).toEqual({
      targetId: 'T1',
      nonce: expect.stringMatching(/^[0-9a-f]{24}$/),
      until: now + passwordLifeMs,
    });
    expect(makePassword(privateKey, holder, now)).not.toBe(password);
  });

  it('is nothing for others, elsewhere, later, or by another key', () => {
    const check = (text: string, to = here, at = now, key = publicKey) => checkPassword(key, text, to, at);
    expect(check(password, { ...here, user: 'eva' })).toBe('not-for-this');
    expect(check(password, { ...here, targetIds: ['T2'] })).toBe('not-for-this');
    expect(check(password, { ...here, targetIds: [] })).toBe('not-for-this');
    expect(check(password, here, now, passwordKeys(newPasswordKey()).publicKey)).toBe('not-for-this');
    expect(check(password, here, now + passwordLifeMs)).toBe('expired');
    expect(check(makePassword(privateKey, holder, now, 24 * 3_600_000))).toBe('expired');
  });

  it('is refused in any other spelling', () => {
    const check = (text: string) => checkPassword(publicKey, text, here, now);
    for (const text of ['', 'atelier1.', `${password}A`, `${password}=`, ` ${password}`, password.slice(0, -1)])
      expect(check(text)).toBe('malformed');
    // The last character has bits that stand for nothing.
    const last = password.at(-1)!;
    const next = String.fromCharCode(last.charCodeAt(0) + 1);
    expect(check(`${password.slice(0, -1)}${next}`)).toBe('malformed');
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(password.slice(9), 'base64url');
      bytes[randomBytes(1)[0]! % bytes.length]! ^= 1 + (randomBytes(1)[0]! % 255);
      expect(check(`atelier1.${bytes.toString('base64url')}`)).toBe('not-for-this');
    }
  });
});
