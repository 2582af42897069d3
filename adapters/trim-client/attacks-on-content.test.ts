import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frameDictionary, indexPath, type Manifest, packPath, zstdCompress } from '@atelier/trim';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { publishHostile } from './testing/hostile-publisher.ts';
import { type Lab, openLab } from './testing/lab.ts';
import { requireStartable } from './testing/require-startable.ts';
import { changedDisk, sampleDisk, seededRandom } from './testing/sample-disks.ts';
import { skippableFrame, zstdBomb } from './testing/zstd-bomb.ts';

// Content that is signed and whose lengths and digests agree, as a stolen or careless key would make it. Version 1 is at
// hand; after each attack it must be as startable as before, and the disk that was attacked must not be there.

const random = seededRandom(77);
const first = sampleDisk(random, 300);
const second = changedDisk(random, changedDisk(random, first, 'grown'), 'shifted');
const GiB = 2 ** 30;
let lab: Lab;
let oldRoot: string;
let other: Manifest;
let next = 10;

beforeAll(async () => {
  lab = await openLab();
  oldRoot = (await lab.publish(1, first)).manifest.root;
  await lab.publish(2, second);
  other = (await lab.publish(3, sampleDisk(random, 200))).manifest;
  await lab.fetch('old', { version: 1 });
});
afterEach(async () => {
  lab.server.fault = undefined;
  await requireStartable(lab.path('old'), oldRoot);
});
afterAll(() => lab.close());

const code = (code: string, message = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });
const refused = async (version: number, error: unknown) => {
  await expect(lab.fetch(`attack-${version}`, { version }, ['old'])).rejects.toEqual(error);
  expect(await readdir(lab.folder)).not.toContain(`attack-${version}.raw`);
};
/** The peak of this process's memory, in bytes, must not grow by as much as what a bomb holds. */
const withoutGrowing = async (work: () => Promise<unknown>) => {
  const before = process.resourceUsage().maxRSS;
  await work();
  expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(GiB / 4);
};
const spoilt = (frame: (good: Uint8Array, content: Uint8Array) => Uint8Array) => async () => {
  const version = next++;
  await publishHostile(lab, 2, version, {
    frame: (content, f) => (f === 1 ? frame(zstdCompress(content, 3), content) : zstdCompress(content, 3)),
  });
  await refused(version, code('trim.frame-corrupt', 'frame 1 ('));
};

describe('a signed version is refused, with the frame named, when a frame', () => {
  it('is a decompression bomb of 1 GiB that says so', () => withoutGrowing(spoilt(() => zstdBomb(GiB, GiB))));
  it('is a decompression bomb of 1 GiB that claims the right length', () =>
    withoutGrowing(spoilt((_, content) => zstdBomb(GiB, content.length))));
  it(
    'has garbage behind it',
    spoilt((good) => Buffer.concat([good, Buffer.from('garbage')])),
  );
  it(
    'has a skippable frame behind it',
    spoilt((good) => Buffer.concat([good, skippableFrame('nothing to see')])),
  );
  it(
    'has a skippable frame before it',
    spoilt((good) => Buffer.concat([skippableFrame('nothing to see'), good])),
  );
  it(
    'has a second frame behind it',
    spoilt((good) => Buffer.concat([good, zstdCompress(new Uint8Array(0), 3)])),
  );
  it(
    'was made with a dictionary that nobody has',
    spoilt((_, content) => zstdCompress(content, 3, frameDictionary([content]))),
  );
  it(
    'names a dictionary',
    spoilt((good) => withDictionaryId(good)),
  );
  it(
    'asks for a window of 2 GiB',
    spoilt((good) => withWindow(good, 31)),
  );
  it(
    'holds the blocks of another frame',
    spoilt((_, content) => zstdCompress(Buffer.from(content).reverse(), 3)),
  );
});

/** The same frame with a dictionary id of one byte in its header. */
function withDictionaryId(frame: Uint8Array): Uint8Array {
  const at = ((frame[4] as number) & 0x20) === 0 ? 6 : 5;
  const out = Buffer.concat([frame.subarray(0, at), Buffer.of(7), frame.subarray(at)]);
  out[4] = (out[4] as number) | 1;
  return out;
}

/** The same frame with a window descriptor. */
function withWindow(frame: Uint8Array, log: number): Uint8Array {
  const single = ((frame[4] as number) & 0x20) !== 0;
  const out = Buffer.concat([frame.subarray(0, 5), Buffer.of((log - 10) << 3), frame.subarray(single ? 5 : 6)]);
  out[4] = (out[4] as number) & ~0x20;
  return out;
}

describe('a delta frame', () => {
  it('with the wrong dictionary, which zstd does not notice, gives way to the plain frame', async () => {
    const version = next++;
    const wrong = frameDictionary([Buffer.alloc(4096, 'not what the table says')]);
    const { deltas, packs } = await publishHostile(lab, 2, version, {
      delta: (content) => zstdCompress(Buffer.concat([content.subarray(0, 4096), content.subarray(4096)]), 3, wrong),
    });
    lab.server.seen.length = 0;
    await lab.fetch(`delta-${version}`, { version }, ['old']);
    expect(Buffer.compare(await lab.disk(`delta-${version}`), second)).toBe(0);
    const asked = lab.server.seen.map(({ path }) => path);
    expect(asked).toContain(`deltas/${deltas[0]?.digest}.pack`);
    expect(asked).toContain(packPath(packs[0]?.digest ?? ''));
  });

  it('that is a bomb gives way to the plain frame', async () => {
    const version = next++;
    await publishHostile(lab, 2, version, {
      frame: (content) => Buffer.concat([zstdCompress(content, 1)]),
      delta: (content, f) => (f === 0 ? zstdBomb(GiB / 16, content.length) : zstdCompress(content, 19)),
    });
    await withoutGrowing(() => lab.fetch(`delta-${version}`, { version }, ['old']));
    expect(Buffer.compare(await lab.disk(`delta-${version}`), second)).toBe(0);
  });
});

describe('a signed version is refused before anything is allocated for it when', () => {
  const withIndex = (change: (raw: Uint8Array, manifest: Manifest) => Uint8Array, error: unknown) => async () => {
    const version = next++;
    let raw: Uint8Array = new Uint8Array();
    await publishHostile(lab, 2, version, {
      index: () => {
        raw = change(new Uint8Array(), {} as Manifest);
        return zstdCompress(raw, 3);
      },
      manifest: (manifest) => ({ ...manifest, index: { ...manifest.index, rawLength: raw.length } }),
    });
    await withoutGrowing(() => refused(version, error));
  };
  const header = (frames: number, refs: number, runs: number) => () => {
    const raw = Buffer.alloc(4096);
    raw.write('TRIMIDX1', 'latin1');
    raw.writeBigUInt64LE(BigInt(second.length), 8);
    raw.writeUInt32LE(4096, 16);
    raw.writeUInt32LE(1, 20);
    raw.writeUInt32LE(frames, 24);
    raw.writeUInt32LE(refs, 28);
    raw.writeUInt32LE(runs, 32);
    return raw;
  };
  it('its index counts 10^9 frames', withIndex(header(1e9, 1e9, 1), code('trim.format', 'counts more')));
  it('its index counts 10^9 blocks', withIndex(header(1, 1e9, 1), code('trim.format', 'counts more')));
  it('its index counts 10^9 runs', withIndex(header(1, 1, 1e9), code('trim.format', 'counts more')));

  it('its index is a decompression bomb', async () => {
    const version = next++;
    await publishHostile(lab, 2, version, { index: () => zstdBomb(GiB, GiB) });
    await withoutGrowing(() => refused(version, code('trim.format')));
  });
  it('its index is a bomb that claims the right length', async () => {
    const version = next++;
    let length = 0;
    await publishHostile(lab, 2, version, {
      index: () => zstdBomb(GiB, length),
      manifest: (manifest) => {
        length = manifest.index.rawLength;
        return manifest;
      },
    });
    await withoutGrowing(() => refused(version, code('trim.format')));
  });
  it('its manifest says that the index has 10^9 bytes more than its disk can need', async () => {
    const version = next++;
    await publishHostile(lab, 2, version, {
      manifest: (manifest) => ({ ...manifest, index: { ...manifest.index, rawLength: 1e9 } }),
    });
    await refused(version, code('trim.limits'));
  });
  it('its manifest says another Merkle root than its blocks have', async () => {
    const version = next++;
    await publishHostile(lab, 2, version, { manifest: (manifest) => ({ ...manifest, root: 'ab'.repeat(32) }) });
    await refused(version, code('trim.root-mismatch'));
  });
});

describe('a mirror without any key that', () => {
  it('swaps a pack for another of the same length is found out at the first frame', async () => {
    const pack = packPath(other.packs.at(-1)?.digest ?? '');
    lab.server.fault = async ({ path, range }, response) => {
      if (path !== pack || !range) return false;
      const swapped = Buffer.from(await readFile(join(lab.repository, pack))).reverse();
      response
        .writeHead(206, { 'content-range': `bytes ${range[0]}-${range[1]}/${swapped.length}` })
        .end(swapped.subarray(range[0], range[1] + 1));
      return true;
    };
    await refused(3, code('trim.frame-corrupt', pack));
  });

  it('gives more than was asked for, without end, is read no further', async () => {
    let sent = 0;
    lab.server.fault = ({ path }, response) => {
      if (path !== indexPath('desk', 2)) return false;
      const more = (): void => {
        if (response.destroyed) return;
        sent += 65_536;
        response.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      response.writeHead(200);
      more();
      return true;
    };
    await refused(2, code('trim.index-digest'));
    expect(sent).toBeLessThan(64 * 2 ** 20);
  });
});
