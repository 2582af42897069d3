import {
  blockCount,
  type DeltaEntry,
  decodeDeltaTable,
  deltaPath,
  digestHex,
  type Manifest,
  openBytes,
  TrimError,
  type VersionIndex,
  zstdDecompress,
} from '@atelier/trim';
import type { OpenedVersion } from './previous-versions.ts';
import type { RepositoryReader } from './repository-reader.ts';
import type { UsableDelta } from './run-plan.ts';

/**
 * The tables of the deltas that start from a version at hand. Which previous version a delta belongs to is told by its
 * Merkle root, so that a disk that was made elsewhere under the same number is never taken for it.
 */
export async function fetchDeltaTables(
  reader: RepositoryReader,
  manifest: Manifest,
  index: VersionIndex,
  previous: readonly OpenedVersion[],
  key: Uint8Array | undefined,
): Promise<readonly UsableDelta[]> {
  const usable: UsableDelta[] = [];
  for (const entry of manifest.deltas) {
    const at = previous.findIndex(({ manifest: have }) => have.root === entry.fromRoot && have.version === entry.from);
    const from = previous[at];
    if (!from) continue;
    usable.push({
      previous: at,
      digest: entry.digest,
      table: await fetchTable(reader, entry, index, blockCount(from.manifest.size), key),
    });
  }
  return usable;
}

async function fetchTable(
  reader: RepositoryReader,
  entry: DeltaEntry,
  index: VersionIndex,
  fromBlocks: number,
  key: Uint8Array | undefined,
) {
  const { offset, length, rawLength, digest } = entry.directory;
  const bounds = { frames: index.frames.count, fromBlocks, rows: entry.frames, framesEnd: offset };
  for (let attempt = 1; ; attempt++) {
    const { bytes, sources, recording } = await reader.collect(deltaPath(entry.digest), offset, length);
    if (digestHex(bytes) === digest) {
      await recording?.keep();
      const packed = key ? openBytes(bytes, key, 'TRIMDTAB', 'the delta table') : bytes;
      return decodeDeltaTable(zstdDecompress(packed, rawLength, 'the delta table'), bounds);
    }
    await recording?.drop();
    const wrong = `the table of ${deltaPath(entry.digest)} is not the one that the manifest names`;
    const elsewhere = reader.distrust(sources, wrong);
    if (attempt >= 2 && !(elsewhere && attempt < 8)) throw new TrimError('trim.pack-digest', wrong);
  }
}
