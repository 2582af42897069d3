import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIndex, readManifest, readRoot } from '@atelier/adapters/repository';
import {
  blockBytes,
  blockDigest,
  type DeltaEntry,
  deltaMagic,
  deltaPath,
  digestHex,
  encodeDeltaTable,
  encodePackTail,
  indexPath,
  type Manifest,
  manifestPath,
  packMagic,
  packPath,
  sealManifest,
  type VersionIndex,
  writeIndexFile,
  zstdCompress,
  zstdDecompress,
} from '@atelier/trim';
import type { Lab } from './lab.ts';

/** What a publisher who holds the key, or has lost it, may do to a version before signing it. */
export type Hostility = {
  /** other stored bytes for a frame; `content` is what it should give */
  readonly frame?: (content: Uint8Array, frame: number) => Uint8Array;
  /** delta frames from version 1, which is at hand, by frame */
  readonly delta?: (content: Uint8Array, frame: number) => Uint8Array;
  /** another index file; its digest and length are signed, `rawLength` stays */
  readonly index?: (file: Uint8Array) => Uint8Array;
  readonly manifest?: (manifest: Manifest) => Manifest;
};

/**
 * Publishes version `from` of the lab's image again as version `as`, spoilt: packs, index and manifest agree with each other
 * and are signed, so that only what a frame turns out to hold can give them away.
 */
export async function publishHostile(lab: Lab, from: number, as: number, hostility: Hostility): Promise<Manifest> {
  const good = await readManifest(lab.store, await readRoot(lab.store), 'desk', from);
  const index = await readIndex(lab.store, good.manifest);
  const { frames } = index;
  const contents = await Promise.all(
    Array.from({ length: frames.count }, (_, f) => contentOf(lab, good.manifest, index, f)),
  );
  const stored = contents.map((content, f) => hostility.frame?.(content, f) ?? zstdCompress(content, 3));
  const rows = stored.map((bytes, f) => ({
    length: bytes.length,
    blocks: (contents[f] as Uint8Array).length / blockBytes,
    digest: frames.digests.slice(f * 32, f * 32 + 32),
  }));
  const hashesOffset = packMagic.length + stored.reduce((sum, { length }) => sum + length, 0);
  const digests = Buffer.concat(contents.flatMap((content) => digestsOf(content)));
  const pack = Buffer.concat([Buffer.from(packMagic), ...stored, encodePackTail(hashesOffset, rows, digests)]);
  await lab.store.writeImmutable(packPath(digestHex(pack)), pack);
  const offsets = stored.map((_, f) => stored.slice(0, f).reduce((sum, { length }) => sum + length, packMagic.length));
  const written = writeIndexFile({
    ...index,
    frames: {
      ...frames,
      packs: 1,
      pack: new Uint32Array(frames.count),
      offset: Float64Array.from(offsets),
      length: Uint32Array.from(stored, ({ length }) => length),
      hashAt: frames.first.slice(0, frames.count),
    },
  });
  const file = hostility.index?.(written.file) ?? written.file;
  const manifest: Manifest = {
    ...good.manifest,
    version: as,
    index: { ...written.entry, digest: digestHex(file), length: file.length },
    packs: [
      { digest: digestHex(pack), length: pack.length, frames: rows.length, blocks: digests.length / 32, hashesOffset },
    ],
    deltas: hostility.delta ? [await hostileDelta(lab, contents, hostility.delta)] : [],
  };
  const signed = hostility.manifest?.(manifest) ?? manifest;
  await lab.store.replace(indexPath('desk', as), file);
  await lab.store.replace(manifestPath('desk', as), Buffer.from(await sealManifest(signed, [lab.signer])));
  return signed;
}

/** A delta pack from version 1 with a frame for each that `make` gives one for; each refers to the first block. */
async function hostileDelta(
  lab: Lab,
  contents: readonly Uint8Array[],
  make: NonNullable<Hostility['delta']>,
): Promise<DeltaEntry> {
  const { manifest } = await readManifest(lab.store, await readRoot(lab.store), 'desk', 1);
  const stored = contents.map(make);
  const raw = encodeDeltaTable({
    kind: 'delta-table',
    count: stored.length,
    frame: Uint32Array.from(stored.keys()),
    offset: new Float64Array(stored.length),
    length: Uint32Array.from(stored, ({ length }) => length),
    firstRun: Uint32Array.from({ length: stored.length + 1 }, (_, r) => r),
    runs: Uint32Array.from({ length: stored.length * 2 }, (_, i) => i % 2),
  });
  const table = zstdCompress(raw, 3);
  const head = Buffer.concat([Buffer.from(deltaMagic), ...stored]);
  const file = Buffer.concat([head, table]);
  await lab.store.writeImmutable(deltaPath(digestHex(file)), file);
  return {
    from: 1,
    fromRoot: manifest.root,
    digest: digestHex(file),
    length: file.length,
    frames: stored.length,
    directory: { offset: head.length, length: table.length, rawLength: raw.length, digest: digestHex(table) },
  };
}

async function contentOf(lab: Lab, manifest: Manifest, { frames }: VersionIndex, frame: number): Promise<Uint8Array> {
  const pack = manifest.packs[frames.pack[frame] as number]?.digest ?? '';
  const offset = frames.offset[frame] as number;
  const file = await readFile(join(lab.repository, packPath(pack)));
  const blocks = (frames.first[frame + 1] as number) - (frames.first[frame] as number);
  const stored = file.subarray(offset, offset + (frames.length[frame] as number));
  return zstdDecompress(stored, blocks * blockBytes, `frame ${frame}`);
}

function digestsOf(content: Uint8Array): Uint8Array[] {
  const blocks = content.length / blockBytes;
  return Array.from({ length: blocks }, (_, i) => blockDigest(content.subarray(i * blockBytes, (i + 1) * blockBytes)));
}
