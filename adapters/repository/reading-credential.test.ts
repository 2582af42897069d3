import { expect, it } from 'vitest';
import { credentialHolder, issueCredential } from './reading-credential.ts';

const key = Buffer.alloc(32, 1);
const now = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

it('names its holder until it ends', () => {
  const credential = issueCredential(key, '01ARZ3NDEKTSV4RRFFQ69G5FAV', later(60));
  expect(credentialHolder(key, credential, now)).toBe('01ARZ3NDEKTSV4RRFFQ69G5FAV');
  expect(credentialHolder(key, credential, later(60))).toBeUndefined();
});

it('refuses another key, a changed holder or end, and garbage', () => {
  const credential = issueCredential(key, 'a', later(60));
  expect(credentialHolder(Buffer.alloc(32, 2), credential, now)).toBeUndefined();
  expect(credentialHolder(key, credential.replace('.a.', '.b.'), now)).toBeUndefined();
  const until = String(Math.floor(later(60).getTime() / 1000));
  expect(credentialHolder(key, credential.replace(until, String(Number(until) + 1)), now)).toBeUndefined();
  for (const text of ['', 'atelier-repository.', `${credential}x`, credential.slice(0, -1)])
    expect(credentialHolder(key, text, now)).toBeUndefined();
});
