import { hash } from 'node:crypto';
import type { Manifest, PackEntry } from '../manifest.ts';
import type { VersionIndex } from '../version-index.ts';

/** An index with random frames in `packs` packs and a random map, and the packs as a manifest would list them. For tests. */
export function sampleIndex(
  random: (below: number) => number,
  blocks: number,
  frameCount: number,
  packs = 2,
): { readonly index: VersionIndex; readonly packs: readonly PackEntry[] } {
  const perPack = Math.max(1, Math.ceil(frameCount / packs));
  const entries: PackEntry[] = [];
  const columns = {
    pack: [] as number[],
    offset: [] as number[],
    length: [] as number[],
    first: [0],
    hashAt: [] as number[],
    prefix: [] as number[],
  };
  let end = 8;
  let hashes = 0;
  const close = () => {
    const frames = columns.pack.filter((pack) => pack === entries.length).length;
    entries.push({
      digest: hash('sha256', String(entries.length), 'hex'),
      length: end + hashes * 32 + 100,
      frames,
      blocks: hashes,
      hashesOffset: end,
    });
    end = 8;
    hashes = 0;
  };
  for (let f = 0; f < frameCount; f++) {
    if (f > 0 && f % perPack === 0) close();
    const count = 1 + random(40);
    const length = 1 + random(count * 4096);
    const chain = columns.pack.at(-1) === entries.length && random(2) === 0;
    columns.pack.push(entries.length);
    columns.prefix.push(chain ? 1 + random(Math.min(50, blocksOf(columns.first))) : 0);
    columns.offset.push(chain ? end : end + random(3));
    columns.length.push(length);
    columns.first.push((columns.first.at(-1) as number) + count);
    columns.hashAt.push(hashes);
    end = (columns.offset.at(-1) as number) + length;
    hashes += count;
  }
  if (frameCount > 0) close();
  const refs = columns.first.at(-1) as number;
  const map = new Uint32Array(blocks);
  for (let b = 0; b < blocks; ) {
    const run = 1 + random(20);
    const kind = refs === 0 ? 0 : random(4);
    const ref = random(refs);
    for (let i = 0; i < run && b < blocks; i++)
      map[b++] = kind === 0 ? 0 : kind === 1 ? ref + 1 : ((ref + i) % refs) + 1;
  }
  const digests = new Uint8Array(frameCount * 32).map(() => random(256));
  const frames = {
    count: frameCount,
    packs: entries.length,
    pack: Uint32Array.from(columns.pack),
    offset: Float64Array.from(columns.offset),
    length: Uint32Array.from(columns.length),
    first: Uint32Array.from(columns.first),
    hashAt: Uint32Array.from(columns.hashAt),
    prefix: Uint32Array.from(columns.prefix),
    digests,
  };
  return { index: { kind: 'version-index', size: blocks * 4096 - random(4096), frames, map }, packs: entries };
}

/** Blocks of the last frame. */
function blocksOf(first: readonly number[]): number {
  return (first.at(-1) as number) - (first.at(-2) as number);
}

/** A manifest that fits an index. For tests. */
export function sampleManifest(size: number, packs: readonly PackEntry[], over: Partial<Manifest> = {}): Manifest {
  const total = Math.ceil(size / 4096);
  return {
    kind: 'manifest',
    image: 'sample',
    version: 1,
    created: '2026-11-21T00:00:00.000Z',
    size,
    blockSize: 4096,
    root: '0'.repeat(64),
    index: { digest: '1'.repeat(64), length: 100, rawLength: 200 },
    packs,
    deltas: [],
    parents: [],
    capabilities: ['desktop'],
    minimumClient: '0.1.0',
    notes: 'a sample',
    encryption: null,
    blocks: { total, zero: 0, distinct: 0, added: 0 },
    ...over,
  };
}
