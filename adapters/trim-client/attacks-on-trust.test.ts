import { readdir } from 'node:fs/promises';
import { type RepositoryStore, resignLatest, rotateRoot } from '@atelier/adapters/repository';
import {
  exportLatest,
  generateSigner,
  type Latest,
  latestPath,
  type Manifest,
  manifestPath,
  openLatest,
  parseRepositoryPath,
  type Root,
  rootPath,
  rootVersionPath,
  type Signer,
  sealManifest,
  sealRoot,
  type TrustState,
  trustedRoot,
} from '@atelier/trim';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, openLab } from './testing/lab.ts';
import { requireStartable } from './testing/require-startable.ts';
import { sampleDisk, seededRandom } from './testing/sample-disks.ts';

// Whoever holds the repository's files but not its keys, or yesterday's keys. Version 1 is at hand and `stable` says 2; after
// each attack version 1 must be as startable as before, and once the files are right again version 2 must come over.

const random = seededRandom(5);
const stranger = generateSigner().signer;
const day = 24 * 3600 * 1000;
let lab: Lab;
let files: Map<string, Buffer>;
let manifest: Manifest;
let oldRoot: string;
let trust: TrustState;
let round = 0;

beforeAll(async () => {
  lab = await openLab();
  oldRoot = (await lab.publish(1, sampleDisk(random, 60))).manifest.root;
  manifest = (await lab.publish(2, sampleDisk(random, 60), { parents: [1] })).manifest;
  await lab.point(1);
  await lab.point(2);
  ({ trust } = await lab.fetch('old', { version: 1 }));
  files = await allFiles(lab.store);
});
beforeEach(() => {
  round++;
  lab.server.seen.length = 0;
});
afterEach(async () => {
  await requireStartable(lab.path('old'), oldRoot);
  lab.server.fault = undefined;
  for (const path of (await allFiles(lab.store)).keys()) if (!files.has(path)) await lab.store.remove(path);
  for (const [path, bytes] of files) await put(path, bytes);
  await lab.fetch(`good-${round}`, { channel: 'stable' }, ['old'], { trust });
  await requireStartable(lab.path(`good-${round}`), manifest.root);
});
afterAll(() => lab.close());

async function allFiles(store: RepositoryStore): Promise<Map<string, Buffer>> {
  const all = new Map<string, Buffer>();
  for await (const { path } of store.list(''))
    all.set(path, Buffer.from((await store.read(path, 2 ** 30)) as Uint8Array));
  return all;
}
const put = (path: string, content: string | Uint8Array) => lab.store.replace(path, Buffer.from(content));
const refused = async (code: string, over: Parameters<Lab['fetch']>[3] = {}) => {
  const want = { channel: 'stable' };
  await expect(lab.fetch(`attack-${round}`, want, ['old'], { trust, ...over })).rejects.toEqual(
    expect.objectContaining({ code }),
  );
  expect(await readdir(lab.folder)).not.toContain(`attack-${round}.raw`);
};
const latest = (): Latest => openLatest(files.get(latestPath('desk')) as Buffer, trustedRoot(lab.trust), 'desk');
const envelope = (path: string) =>
  JSON.parse(String(files.get(path))) as { payload: string; signatures: { keyid: string; sig: string }[] };

describe('a manifest', () => {
  const path = manifestPath('desk', 2);
  it('that is replayed, an earlier one under a later number, is refused', async () => {
    await put(path, files.get(manifestPath('desk', 1)) as Buffer);
    await refused('trim.manifest-mismatch');
  });
  it('that is right but not the one that the channel names is refused', async () => {
    await put(path, await sealManifest({ ...manifest, notes: 'another one of the same number' }, [lab.signer]));
    await refused('trim.manifest-mismatch');
  });
  it('without a signature is refused', async () => {
    await put(path, JSON.stringify({ ...envelope(path), signatures: [] }));
    await refused('trim.manifest-signature');
  });
  it('signed by a stranger is refused', async () => {
    await put(path, await sealManifest(manifest, [stranger]));
    await refused('trim.manifest-signature');
  });
  it('signed by a stranger who claims the right key is refused', async () => {
    const [forged] = (JSON.parse(await sealManifest(manifest, [stranger])) as ReturnType<typeof envelope>).signatures;
    const { payload, signatures, ...rest } = envelope(path);
    await put(path, JSON.stringify({ ...rest, payload, signatures: [{ ...signatures[0], sig: forged?.sig }] }));
    await refused('trim.manifest-signature');
  });
  it('with one letter changed under its signature is refused', async () => {
    const good = envelope(path);
    const payload = Buffer.from(good.payload, 'base64').toString().replace('"version":2', '"version":3');
    await put(path, JSON.stringify({ ...good, payload: Buffer.from(payload).toString('base64') }));
    await refused('trim.manifest-signature');
  });
  it('that lists a pack by a path that leaves the repository is refused', async () => {
    const [pack] = manifest.packs;
    const odd = { ...manifest, packs: [{ ...pack, digest: '../../../../etc/passwd' } as never] };
    await put(path, await sealManifest(odd, [lab.signer]));
    await refused('trim.name', { want: { version: 2 } });
  });
});

describe('latest.json', () => {
  const path = latestPath('desk');
  it('that is older than one that was seen is a rollback', async () => {
    await resignLatest({ store: lab.store, signer: lab.signer, image: 'desk' });
    const seen = await lab.fetch(`newer-${round}`, { channel: 'stable' }, ['old'], { trust });
    await put(path, files.get(path) as Buffer);
    await refused('trim.rollback', { trust: seen.trust });
  });
  it('past its end is frozen', () => refused('trim.frozen', { now: () => new Date(Date.now() + 8 * day) }));
  it('from the future is refused, for then the clock cannot tell what is frozen', () =>
    refused('trim.clock', { now: () => new Date(Date.now() - day) }));
  it('without a signature, or by a stranger, is refused', async () => {
    await put(path, JSON.stringify({ ...envelope(path), signatures: [] }));
    await refused('trim.manifest-signature');
    await put(path, await exportLatest({ ...latest(), counter: 1_000_000 }, [stranger]));
    await refused('trim.manifest-signature');
  });
  it('of another image is refused', async () => {
    await put(path, await exportLatest({ ...latest(), image: 'server' }, [lab.signer]));
    await refused('trim.manifest-mismatch');
  });
  it('with a channel whose name is a path, or odd in another way, is refused', async () => {
    const { stable } = latest().channels;
    const names = ['../../etc', '/etc', 'a/b', 'A', '', 'a..b', 'a\0', '.hidden', 'ü', 'a'.repeat(65), '__proto__'];
    for (const name of names) {
      // by hand, for an object literal would take __proto__ for something else
      const channels = JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(stable)}}`);
      await put(path, await exportLatest({ ...latest(), channels }, [lab.signer]));
      await refused('trim.name');
    }
  });
  it('with more entries than a file may have is refused unread', async () => {
    await put(path, Buffer.concat([files.get(path) as Buffer, Buffer.alloc(10 ** 7, ' ')]));
    await refused('trim.limits');
  });
});

it('the name of an image that is a path, or odd in another way, leads nowhere', async () => {
  const names = ['../desk', '/etc/passwd', 'desk/../../x', '%2e%2e/x', 'DESK', '', 'a..b', 'desk\0', 'desk\n', 'dësk'];
  for (const image of [...names, 'x'.repeat(65)]) await refused('trim.name', { image });
  for (const { path } of lab.server.seen) expect(parseRepositoryPath(path), path).toBeDefined();
});

describe('the root key', () => {
  const { signer: nextRoot } = generateSigner();
  const { signer: nextSigning } = generateSigner();
  const rotate = (rootSigner: Signer, signing: Signer, oldSigners: readonly Signer[]) =>
    rotateRoot({ store: lab.store, oldSigners, rootSigners: [rootSigner], signingKeys: [signing.publicKey] });
  const sealed = async (over: Partial<Root>, signers: readonly Signer[]) =>
    sealRoot({ ...trustedRoot(lab.trust), version: 2, ...over }, signers);
  const putRoot = async (version: number, text: string) => {
    await put(rootVersionPath(version), text);
    await put(rootPath, text);
  };

  it('that is rotated as it should be is followed, over two steps too, and what old keys signed counts no more', async () => {
    await rotate(nextRoot, lab.signer, [lab.signer]);
    await rotate(nextRoot, nextSigning, [nextRoot]);
    const told: TrustState[] = [];
    await refused('trim.manifest-signature', { onTrust: (state) => void told.push(state) });
    expect(told.map((state) => trustedRoot(state).version)).toEqual([2, 3]);
    await put(latestPath('desk'), await exportLatest(latest(), [nextSigning]));
    await refused('trim.manifest-signature', { trust: told[1] as TrustState });
    await put(manifestPath('desk', 2), await sealManifest(manifest, [nextSigning]));
    await lab.fetch(`rotated-${round}`, { version: 2 }, ['old'], { trust: told[1] as TrustState });
    await requireStartable(lab.path(`rotated-${round}`), manifest.root);
    // who has gone over is not led back
    await put(rootPath, files.get(rootPath) as Buffer);
    await refused('trim.rollback', { trust: told[1] as TrustState });
  });
  it('that is forged is not followed: signed by the new key alone', async () => {
    await putRoot(2, await sealed({ rootKeys: [stranger.publicKey], signingKeys: [stranger.publicKey] }, [stranger]));
    await refused('trim.root-signature');
  });
  it('that is forged is not followed: signed by yesterday’s key, which a later root took out', async () => {
    await rotate(nextRoot, lab.signer, [lab.signer]);
    const { trust: later } = await lab.fetch(`later-${round}`, { channel: 'stable' }, ['old'], { trust });
    await putRoot(
      3,
      await sealed({ version: 3, rootKeys: [stranger.publicKey], signingKeys: [stranger.publicKey] }, [
        lab.signer,
        stranger,
      ]),
    );
    await refused('trim.root-signature', { trust: later });
  });
  it('that is forged is not followed: another text under the version that is trusted', async () => {
    await put(rootPath, await sealed({ version: 1, signingKeys: [stranger.publicKey] }, [lab.signer]));
    await refused('trim.root-signature');
  });
  it('that is forged is not followed: a step is left out', async () => {
    await putRoot(3, await sealed({ version: 3 }, [lab.signer]));
    await refused('trim.not-found');
    await put(rootVersionPath(2), await sealed({ version: 3 }, [lab.signer]));
    await refused('trim.rollback');
  });
  it('whose time is over is good for nothing', () =>
    refused('trim.root-expired', { now: () => new Date(Date.now() + 11 * 365 * day) }));

  it('may ask for two signatures; one short, or one key twice, is refused', async () => {
    await putRoot(
      2,
      await sealed({ signingKeys: [lab.signer.publicKey, nextSigning.publicKey], signingThreshold: 2 }, [lab.signer]),
    );
    await refused('trim.manifest-signature');
    await put(latestPath('desk'), await exportLatest(latest(), [lab.signer, lab.signer]));
    await refused('trim.manifest-signature');
    await put(latestPath('desk'), await exportLatest(latest(), [lab.signer, nextSigning]));
    await refused('trim.manifest-signature');
    const both = await sealManifest(manifest, [lab.signer, nextSigning]);
    await put(manifestPath('desk', 2), both);
    await lab.fetch(`both-${round}`, { version: 2 }, ['old'], { trust });
    await requireStartable(lab.path(`both-${round}`), manifest.root);
  });
});
