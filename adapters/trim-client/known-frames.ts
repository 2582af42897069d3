import { open } from 'node:fs/promises';
import { freeBuffer } from '@atelier/adapters/thread-pool';
import { digestKey, frameDigest, TrimError, type VersionIndex } from '@atelier/trim';
import { type OpenedVersion, readExactly } from './previous-versions.ts';

/**
 * Digests of frames that a previous version has too are known without a byte from the network: they are put into `digests`, 32 bytes
 * by ref. Gives 1 by frame for these, and the versions whose indexes are right: a damaged one is no source.
 */
export async function knownFrames(
  index: VersionIndex,
  previous: readonly OpenedVersion[],
  digests: Uint8Array,
): Promise<{ readonly known: Uint8Array; readonly previous: readonly OpenedVersion[] }> {
  const known = new Uint8Array(index.frames.count);
  const place = new Map<string, number>();
  for (let f = 0; f < index.frames.count; f++) place.set(digestKey(index.frames, f), f);
  const right: OpenedVersion[] = [];
  for (const version of previous)
    if (
      await takeDigests(version, index, place, known, digests).then(
        () => true,
        () => false,
      )
    )
      right.push(version);
  return { known, previous: right };
}

/** Digests are read for so many refs at a time at most, unless a frame has more. */
const refsAtOnce = 8192;

/** Throws when what the version's index file says of a frame is not what the frame's own digest says. */
async function takeDigests(
  { index: { frames: old }, indexPath, digestsAt }: OpenedVersion,
  { frames }: VersionIndex,
  place: ReadonlyMap<string, number>,
  known: Uint8Array,
  digests: Uint8Array,
): Promise<void> {
  const wanted = (f: number) => {
    const same = place.get(digestKey(old, f));
    return same !== undefined && known[same] === 0 && blocksOf(frames, same) === blocksOf(old, f) ? same : undefined;
  };
  const file = await open(indexPath, 'r');
  try {
    for (let f = 0; f < old.count; ) {
      if (wanted(f) === undefined) {
        f++;
        continue;
      }
      const from = old.first[f] as number;
      let end = f + 1;
      while (end < old.count && wanted(end) !== undefined && (old.first[end + 1] as number) - from <= refsAtOnce) end++;
      const bytes = await readExactly(file, digestsAt + from * 32, ((old.first[end] as number) - from) * 32);
      for (; f < end; f++) {
        const list = bytes.subarray(((old.first[f] as number) - from) * 32, ((old.first[f + 1] as number) - from) * 32);
        const same = wanted(f);
        if (same === undefined) continue;
        if (!frameDigest(list).equals(old.digests.subarray(f * 32, f * 32 + 32)))
          throw new TrimError('trim.format', `${indexPath} has wrong block digests in frame ${f}`);
        digests.set(list, (frames.first[same] as number) * 32);
        known[same] = 1;
      }
      freeBuffer(bytes);
    }
  } finally {
    await file.close();
  }
}

function blocksOf(frames: VersionIndex['frames'], frame: number): number {
  return (frames.first[frame + 1] as number) - (frames.first[frame] as number);
}
