import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeIndex } from './decode-index.ts';
import { decodeDeltaTable, encodeDeltaTable } from './delta-codec.ts';
import { frameDigest } from './digests.ts';
import { generateSigner } from './ed25519.ts';
import { encodeIndex } from './encode-index.ts';
import { type EnvelopeKind, parseEnvelope, signedBytes } from './envelope.ts';
import { openIndexFile, writeIndexFile } from './index-file.ts';
import { exportLatest, openLatest } from './latest.ts';
import { decodeLocalIndex, encodeLocalIndex, readLocalHead } from './local-index.ts';
import { sealManifest } from './manifest.ts';
import { openManifest, parseManifest } from './open-manifest.ts';
import { decodePackDirectory, decodePackFooter, encodePackTail, packFooterBytes } from './pack-layout.ts';
import { openPinnedRoot, type Root, sealRoot } from './root.ts';
import { openFrame, sealFrame } from './sealed-frame.ts';
import { sampleIndex, sampleManifest } from './testing/sample-index.ts';
import { damagedInputs, mutate, seededRandom } from './testing/seeded-random.ts';
import { isTrimError } from './trim-error.ts';
import { zstdCompress, zstdDecompress } from './zstd.ts';

const { signer } = generateSigner();
const life = { issued: '2026-11-21T00:00:00Z', expires: '2027-11-21T00:00:00Z' };
const root: Root = {
  kind: 'root',
  version: 1,
  ...life,
  rootKeys: [signer.publicKey],
  rootThreshold: 1,
  signingKeys: [signer.publicKey],
  signingThreshold: 1,
};
const random = seededRandom(99);
const { index, packs } = sampleIndex(random, 300, 12, 3);
const manifest = sampleManifest(index.size, packs, {
  deltas: [
    {
      from: 1,
      fromRoot: '2'.repeat(64),
      digest: '3'.repeat(64),
      length: 500,
      frames: 3,
      directory: { offset: 400, length: 50, rawLength: 90, digest: '4'.repeat(64) },
    },
  ],
});
const table = {
  kind: 'delta-table',
  count: 3,
  frame: Uint32Array.of(0, 4, 11),
  offset: new Float64Array(3),
  length: Uint32Array.of(100, 200, 92),
  firstRun: Uint32Array.of(0, 1, 3, 4),
  runs: Uint32Array.of(5, 3, 9, 1, 2, 2, 90, 8),
} as const;
const deltaBounds = { frames: 12, fromBlocks: 100, rows: 3, framesEnd: 400 };
const blockDigests = Buffer.alloc(40 * 32, 7);
const tail = encodePackTail(
  108,
  [
    { length: 60, blocks: 30, digest: frameDigest(blockDigests.subarray(0, 960)) },
    { length: 40, blocks: 10, digest: frameDigest(blockDigests.subarray(960)) },
  ],
  blockDigests,
);
const local = (() => {
  const refs = index.frames.first[index.frames.count] as number;
  const digests = new Uint8Array(refs * 32).map((_, i) => i % 251);
  const frames = {
    ...index.frames,
    digests: Uint8Array.from({ length: index.frames.count }, (_, f) => f).reduce(
      (all, f) => {
        all.set(
          frameDigest(
            digests.subarray((index.frames.first[f] as number) * 32, (index.frames.first[f + 1] as number) * 32),
          ),
          f * 32,
        );
        return all;
      },
      new Uint8Array(index.frames.count * 32),
    ),
  };
  return Buffer.concat(encodeLocalIndex({ manifest, index: { ...index, frames }, digests }));
})();
const indexFile = writeIndexFile(index);
/** `payload` under a signature that is right, whatever it is: what a publisher with a bug would sign. */
const signed = (kind: EnvelopeKind, payload: Uint8Array): Uint8Array => {
  const sig = Buffer.from(signer.sign(signedBytes(kind, payload)) as Uint8Array).toString('base64');
  const payloadType = `application/vnd.atelier.trim.${kind}.v1+json`;
  const signatures = [{ keyid: signer.publicKey.id, sig }];
  return Buffer.from(JSON.stringify({ payloadType, payload: Buffer.from(payload).toString('base64'), signatures }));
};
const payloadOf = async (file: Promise<string>) =>
  Buffer.from((JSON.parse(await file) as { payload: string }).payload, 'base64').toString();
const channels = { stable: { version: 1, manifest: '5'.repeat(64) } };
const latestFile = exportLatest({ kind: 'latest', image: 'sample', counter: 3, ...life, channels }, [signer]);
const contentKey = Buffer.alloc(32, 1);
const frameOf = Buffer.alloc(32, 2);
const text = Buffer.from('some text that is compressed, some text that is compressed');

/** Every parser with one good input. `strict`: any change at all must be refused. */
const parsers: readonly {
  readonly name: string;
  readonly good: Uint8Array | Promise<string>;
  readonly parse: (bytes: Uint8Array) => unknown;
  readonly strict?: boolean;
}[] = [
  { name: 'root.json', good: sealRoot(root, [signer]), parse: openPinnedRoot },
  {
    name: 'latest.json',
    good: latestFile,
    parse: (bytes) => openLatest(bytes, root, 'sample'),
  },
  {
    name: 'manifest',
    good: sealManifest(manifest, [signer]),
    parse: (bytes) => openManifest(bytes, root, 'sample', 1),
  },
  { name: 'manifest payload', good: Buffer.from(JSON.stringify({ format: 1, ...manifest })), parse: parseManifest },
  {
    name: 'envelope',
    good: sealManifest(manifest, [signer]),
    parse: (bytes) => parseEnvelope('manifest', bytes, 100_000),
  },
  { name: 'index', good: encodeIndex(index), parse: (bytes) => decodeIndex(bytes, { size: index.size, packs }) },
  {
    name: 'index file',
    good: indexFile.file,
    parse: (bytes) => openIndexFile(bytes, indexFile.entry, { size: index.size, packs }),
    strict: true,
  },
  { name: 'delta table', good: encodeDeltaTable(table), parse: (bytes) => decodeDeltaTable(bytes, deltaBounds) },
  {
    name: 'pack footer',
    good: tail.subarray(-packFooterBytes),
    parse: (bytes) => decodePackFooter(bytes, 108 + tail.length),
    strict: true,
  },
  {
    name: 'pack directory',
    good: tail.subarray(40 * 32, -packFooterBytes),
    parse: (bytes) =>
      decodePackDirectory(bytes, {
        hashesOffset: 108,
        directoryOffset: 108 + 1280,
        directoryLength: 80,
        frames: 2,
        blocks: 40,
        sealed: false,
      }),
  },
  { name: 'local index', good: local, parse: decodeLocalIndex },
  {
    name: 'root payload',
    good: payloadOf(sealRoot(root, [signer])),
    parse: (bytes) => openPinnedRoot(signed('root', bytes)),
  },
  {
    name: 'latest payload',
    good: payloadOf(latestFile),
    parse: (bytes) => openLatest(signed('latest', bytes), root, 'sample'),
  },
  {
    name: 'encrypted frame',
    good: sealFrame(zstdCompress(text, 3), contentKey, frameOf),
    parse: (bytes) => openFrame(bytes, contentKey, frameOf),
    strict: true,
  },
  { name: 'zstd', good: zstdCompress(text, 3), parse: (bytes) => zstdDecompress(bytes, text.length, 'the text') },
];

const rounds = Math.ceil(damagedInputs / parsers.length);
const memory = () => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

describe.each(parsers)('parsing $name', ({ good, parse, strict }) => {
  it('takes what is right, and refuses or takes what was damaged, but never anything else', async () => {
    const bytes = Buffer.from((await good) as Uint8Array);
    expect(() => parse(bytes)).not.toThrow();
    let refused = 0;
    const before = memory();
    let most = 0;
    for (let round = 0; round < rounds; round++) {
      const bad = mutate(bytes, random);
      if (Buffer.compare(bad, bytes) === 0) continue;
      try {
        parse(bad);
        expect(strict, `round ${round} was taken`).toBeFalsy();
      } catch (error) {
        if (!isTrimError(error))
          throw new Error(`round ${round}, ${Buffer.from(bad).toString('base64')}`, { cause: error });
        refused++;
      }
      if (round % 50 === 0) most = Math.max(most, memory() - before);
    }
    // what is on the heap between two collections, and nothing that grows with the numbers that the bytes claim
    expect(most).toBeLessThan(192 * 2 ** 20);
    expect(refused).toBeGreaterThan(rounds / 5);
  });
});

describe('the head of a local index', () => {
  const headOf = (bytes: Uint8Array) =>
    readLocalHead(bytes.length, async (at, length) => bytes.subarray(at, at + length));

  it('is what the whole says', async () => {
    const { digests, ...rest } = decodeLocalIndex(local);
    const { digestsAt, ...head } = await headOf(local);
    expect(head).toEqual(rest);
    expect(Buffer.compare(local.subarray(digestsAt), digests)).toBe(0);
  });

  it('that is damaged or cut off is refused or taken, but never anything else', async () => {
    for (let round = 0; round < 300; round++)
      await headOf(mutate(local, random)).catch((error) => {
        if (!isTrimError(error)) throw new Error(`round ${round}`, { cause: error });
      });
    await expect(headOf(local.subarray(0, -32))).rejects.toMatchObject({ code: 'trim.format' });
    await expect(headOf(local.subarray(0, 9))).rejects.toMatchObject({ code: 'trim.format' });
  });
});

describe('a signed file', () => {
  it('with any change to its payload is never believed', async () => {
    const good = JSON.parse(await sealManifest(manifest, [signer])) as { payload: string };
    const payload = Buffer.from(good.payload, 'base64');
    for (let round = 0; round < 300; round++) {
      const bad = mutate(payload, random);
      if (Buffer.compare(bad, payload) === 0) continue;
      const file = Buffer.from(JSON.stringify({ ...good, payload: Buffer.from(bad).toString('base64') }));
      expect(() => openManifest(file, root, 'sample', 1)).toThrow(
        expect.objectContaining({ code: 'trim.manifest-signature' }),
      );
    }
  });

  it('of one kind does not pass for another', async () => {
    const manifestFile = JSON.parse(await sealManifest(manifest, [signer])) as { payloadType: string };
    const file = Buffer.from(
      JSON.stringify({ ...manifestFile, payloadType: manifestFile.payloadType.replace('manifest', 'latest') }),
    );
    expect(() => openLatest(file, root, 'sample')).toThrow(
      expect.objectContaining({ code: 'trim.manifest-signature' }),
    );
  });
});

describe('zstd', () => {
  it('refuses a bomb by its header, before it is opened', () => {
    const bomb = zstdCompress(new Uint8Array(64 * 1024 * 1024), 3);
    expect(bomb.length).toBeLessThan(10_000);
    expect(() => zstdDecompress(bomb, 4096, 'the bomb')).toThrow(/is not a zstd frame of 4096 bytes/);
  });

  it('refuses bytes behind the frame, and a second frame', () => {
    const frame = zstdCompress(text, 3);
    expect(() => zstdDecompress(Buffer.concat([frame, Buffer.from('more')]), text.length, 'it')).toThrow(
      expect.objectContaining({ code: 'trim.format' }),
    );
    expect(() => zstdDecompress(Buffer.concat([frame, frame]), text.length, 'it')).toThrow(
      expect.objectContaining({ code: 'trim.format' }),
    );
  });

  it('gives sizes of every width back', () => {
    for (const length of [1, 5, 100, 255, 256, 257, 65_535, 65_791, 65_792, 70_000, 1 << 20]) {
      const bytes = Buffer.alloc(length, hash('sha256', String(length), 'hex'));
      expect(Buffer.compare(zstdDecompress(zstdCompress(bytes, 1), length, 'it'), bytes)).toBe(0);
    }
  });
});
