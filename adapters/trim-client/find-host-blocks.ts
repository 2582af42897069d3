import { ThreadPool } from '@atelier/adapters/thread-pool';
import {
  frameDigest,
  joinDigests,
  type Manifest,
  type PlanInput,
  packPath,
  planTransfer,
  reviveTrimError,
  type VersionIndex,
} from '@atelier/trim';
import type { HostMatches } from './host-worker.ts';
import type { RepositoryReader } from './repository-reader.ts';

/** Blocks that files of the host have: by ref 1 in `flags`, and where each lies. */
export type HostBlocks = {
  readonly flags: Uint8Array;
  readonly place: (ref: number) => { readonly path: string; readonly block: number };
};

/** Below this a look at the host's files costs more than it can save. */
const worthwhile = 1024 * 1024;

/**
 * Looks for blocks in host files where that can spare whole frames. The leading bytes of the hashes of the frames in question
 * are fetched to search with; of frames that the host has all of, the whole hashes follow, verified against the frame's digest
 * and put into `digests`. Undefined when nothing was found.
 */
export async function findHostBlocks(request: {
  readonly folders: readonly string[];
  readonly indexPath: string;
  readonly plan: PlanInput;
  readonly manifest: Manifest;
  readonly index: VersionIndex;
  readonly digests: Uint8Array;
  readonly known: Uint8Array;
  readonly reader: RepositoryReader;
}): Promise<HostBlocks | undefined> {
  const { index, manifest, reader, plan } = request;
  const { frames } = index;
  const first = planTransfer(plan);
  if (first.wireBytes < worthwhile) return undefined;
  const wanted = first.requests.flatMap((one) => one.frames.map(({ frame }) => frame)).sort((a, b) => a - b);
  const heads = await fetchColumn(reader, manifest, index, wanted, { at: 0, bytes: 8 });
  const matches = await search(request.folders, request.indexPath, Buffer.concat(heads));
  const flags = new Uint8Array(frames.first[frames.count] as number);
  const slot = new Int32Array(flags.length).fill(-1);
  let next = 0;
  for (const frame of wanted)
    for (let ref = frames.first[frame] as number; ref < (frames.first[frame + 1] as number); ref++, next++) {
      slot[ref] = next;
      flags[ref] = (matches.file[next] as number) >= 0 ? 1 : 0;
    }
  const { host } = planTransfer({ ...plan, host: flags });
  const whole = new Set<number>();
  let frame = 0;
  for (const ref of host) {
    while (ref >= (frames.first[frame + 1] as number)) frame++;
    whole.add(frame);
  }
  const places = new Map(wanted.map((one, i) => [one, i]));
  const chosen = [...whole];
  const rests = await fetchColumn(reader, manifest, index, chosen, { at: 8, bytes: 24 });
  flags.fill(0);
  for (const [i, one] of chosen.entries()) {
    const list = joinDigests(heads[places.get(one) as number] as Uint8Array, rests[i] as Uint8Array);
    if (!frameDigest(list).equals(frames.digests.subarray(one * 32, one * 32 + 32))) continue;
    request.digests.set(list, (frames.first[one] as number) * 32);
    request.known[one] = 1;
    for (let ref = frames.first[one] as number; ref < (frames.first[one + 1] as number); ref++)
      flags[ref] = (matches.file[slot[ref] as number] as number) >= 0 ? 1 : 0;
  }
  const place = (ref: number) => {
    const at = slot[ref] as number;
    return { path: matches.files[matches.file[at] as number] as string, block: matches.block[at] as number };
  };
  return { flags, place };
}

async function search(folders: readonly string[], indexPath: string, heads: Uint8Array): Promise<HostMatches> {
  const pool = new ThreadPool(new URL('./host-worker.ts', import.meta.url), 1, undefined, reviveTrimError);
  try {
    return await pool.run<HostMatches>({ folders, indexPath, heads });
  } finally {
    await pool.close();
  }
}

/** One column of the block hashes of some frames (ascending), by frame; neighbours in a pack are asked for together. */
async function fetchColumn(
  reader: RepositoryReader,
  manifest: Manifest,
  { frames }: VersionIndex,
  wanted: readonly number[],
  column: { readonly at: number; readonly bytes: number },
): Promise<readonly Uint8Array[]> {
  const result: Uint8Array[] = [];
  for (let i = 0; i < wanted.length; ) {
    const pack = frames.pack[wanted[i] as number] as number;
    const start = frames.hashAt[wanted[i] as number] as number;
    let end = start;
    let last = i;
    for (; last < wanted.length && frames.pack[wanted[last] as number] === pack; last++) {
      const at = frames.hashAt[wanted[last] as number] as number;
      if ((at - end) * column.bytes > 64 * 1024) break;
      end = at + blocksOf(frames, wanted[last] as number);
    }
    const entry = manifest.packs[pack] as Manifest['packs'][number];
    const offset = entry.hashesOffset + entry.blocks * column.at + start * column.bytes;
    const parts: Uint8Array[] = [];
    await reader.range(packPath(entry.digest), offset, (end - start) * column.bytes, (piece) => {
      parts.push(Uint8Array.from(piece));
      return undefined;
    });
    const bytes = Buffer.concat(parts);
    for (; i < last; i++) {
      const at = ((frames.hashAt[wanted[i] as number] as number) - start) * column.bytes;
      result.push(bytes.subarray(at, at + blocksOf(frames, wanted[i] as number) * column.bytes));
    }
  }
  return result;
}

function blocksOf(frames: VersionIndex['frames'], frame: number): number {
  return (frames.first[frame + 1] as number) - (frames.first[frame] as number);
}
