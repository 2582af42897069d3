import { describe, expect, it } from 'vitest';
import { generateSigner, type Signer } from './ed25519.ts';
import { exportLatest, type Latest, openLatest } from './latest.ts';
import { type Root, sealRoot } from './root.ts';
import { acceptLatest, acceptRoot, pinRoot, requireFreshRoot, trustedRoot } from './trust-state.ts';

const life = { issued: '2026-11-01T00:00:00Z', expires: '2026-12-01T00:00:00Z' };
const now = new Date('2026-11-10T00:00:00Z');
const [first, second, signing, stranger] = [0, 1, 2, 3].map(() => generateSigner().signer) as [
  Signer,
  Signer,
  Signer,
  Signer,
];
const root = (version: number, by: Signer, over: Partial<Root> = {}): Root => ({
  kind: 'root',
  version,
  ...life,
  rootKeys: [by.publicKey],
  rootThreshold: 1,
  signingKeys: [signing.publicKey],
  signingThreshold: 1,
  ...over,
});
const latest = (counter: number, over: Partial<Latest> = {}): Latest => ({
  kind: 'latest',
  image: 'desk',
  counter,
  ...life,
  channels: { stable: { version: 1, manifest: 'a'.repeat(64) } },
  ...over,
});
const code = (code: string) => expect.objectContaining({ code });

describe('the root', () => {
  it('is followed when the old keys and the new ones signed it', async () => {
    const state = pinRoot(await sealRoot(root(1, first), [first]));
    const next = acceptRoot(state, await sealRoot(root(2, second), [first, second]));
    expect(trustedRoot(next).version).toBe(2);
  });

  it('is not followed when only one side signed it, or it skips a version, or goes back', async () => {
    const state = pinRoot(await sealRoot(root(1, first), [first]));
    for (const signers of [[second], [first], [stranger]]) {
      const text = await sealRoot(root(2, second), signers);
      expect(() => acceptRoot(state, text)).toThrow(code('trim.root-signature'));
    }
    for (const version of [1, 3]) {
      const text = await sealRoot(root(version, second), [first, second]);
      expect(() => acceptRoot(state, text)).toThrow(code('trim.rollback'));
    }
  });

  it('is not pinned when it is not signed by its own keys, however often a wrong key signed', async () => {
    const text = await sealRoot(root(1, first), [stranger, stranger]);
    expect(() => pinRoot(text)).toThrow(code('trim.root-signature'));
  });

  it('needs as many different keys as its threshold', async () => {
    const both = root(1, first, { rootKeys: [first.publicKey, second.publicKey], rootThreshold: 2 });
    const twice = await sealRoot(both, [first, first]);
    expect(() => pinRoot(twice)).toThrow(code('trim.root-signature'));
    expect(() => pinRoot('')).toThrow(code('trim.format'));
    expect(trustedRoot(pinRoot(await sealRoot(both, [first, second]))).rootThreshold).toBe(2);
  });

  it('ends', () => {
    expect(() => requireFreshRoot(root(1, first), now)).not.toThrow();
    expect(() => requireFreshRoot(root(1, first), new Date('2026-12-01T00:00:00Z'))).toThrow(code('trim.root-expired'));
  });
});

describe('latest.json', () => {
  it('may stay or go forward, never back', async () => {
    let state = pinRoot(await sealRoot(root(1, first), [first]));
    state = acceptLatest(state, latest(5), now);
    state = acceptLatest(state, latest(5), now);
    state = acceptLatest(state, latest(7), now);
    expect(state.seen).toEqual({ desk: 7 });
    expect(() => acceptLatest(state, latest(6), now)).toThrow(code('trim.rollback'));
    expect(acceptLatest(state, latest(1, { image: 'other' }), now).seen).toEqual({ desk: 7, other: 1 });
  });

  it('is refused past its end and from the future, with some slack for clocks', async () => {
    const state = pinRoot(await sealRoot(root(1, first), [first]));
    expect(() => acceptLatest(state, latest(1), new Date('2026-12-01T00:00:00Z'))).toThrow(code('trim.frozen'));
    expect(() => acceptLatest(state, latest(1), new Date('2026-10-31T23:00:00Z'))).toThrow(code('trim.clock'));
    expect(() => acceptLatest(state, latest(1), new Date('2026-10-31T23:55:00Z'))).not.toThrow();
  });

  it('is believed when a signing key signed it, and for its own image only', async () => {
    const text = Buffer.from(await exportLatest(latest(1), [signing]));
    expect(openLatest(text, root(1, first), 'desk')).toEqual(latest(1));
    expect(() => openLatest(text, root(1, first), 'other')).toThrow(code('trim.manifest-mismatch'));
    const bad = Buffer.from(await exportLatest(latest(1), [first]));
    expect(() => openLatest(bad, root(1, first), 'desk')).toThrow(code('trim.manifest-signature'));
  });
});
