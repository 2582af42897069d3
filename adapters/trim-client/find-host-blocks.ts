import { join } from 'node:path';
import { ThreadPool } from '@atelier/adapters/thread-pool';
import {
  type Manifest,
  maskHashes,
  type PlanInput,
  packPath,
  planTransfer,
  reviveTrimError,
  type VersionIndex,
} from '@atelier/trim';
import type { FetchRequest } from './fetch-types.ts';
import type { HostMatches } from './head-finder.ts';
import type { HostIndexed } from './host-worker.ts';
import type { RepositoryReader } from './repository-reader.ts';

/** Blocks that files of the host have: by ref 1 in `flags`, and where each lies. */
export type HostBlocks = {
  readonly flags: Uint8Array;
  readonly place: (ref: number) => { readonly path: string; readonly block: number };
  /** what bytes of these files count as: disks of other images are no files of the host */
  readonly sourceOf: (paths: readonly string[]) => 'host' | 'previous' | 'interrupted';
};

/** Below this a look at the host's files costs more than it can save. */
const worthwhile = 1024 * 1024;

/**
 * Looks for blocks in host files, and in disks of other images and transfers, where that can spare whole frames. The leading bytes of the hashes of the frames in question
 * are fetched to search with. A frame of which the host has every block can be verified by its digest; where the digests of a
 * frame's blocks are `known`, any of them will do. Undefined when there is nothing to look for.
 */
export async function findHostBlocks(request: {
  readonly sources: FetchRequest['sources'];
  readonly background?: boolean;
  readonly onHostIndex?: (indexed: HostIndexed) => void;
  readonly plan: PlanInput;
  readonly manifest: Manifest;
  readonly index: VersionIndex;
  readonly known: Uint8Array;
  readonly reader: RepositoryReader;
  /** the content key of an encrypted version */
  readonly key: Uint8Array | undefined;
}): Promise<HostBlocks | undefined> {
  const { index, plan, sources } = request;
  const { hostFolders = [], kin = [], leftovers = [] } = sources;
  if (hostFolders.length + kin.length + leftovers.length === 0) return undefined;
  const { frames } = index;
  const first = planTransfer(plan);
  if (first.wireBytes < worthwhile) return undefined;
  const wanted = first.requests.flatMap((one) => one.frames.map(({ frame }) => frame)).sort((a, b) => a - b);
  const heads = await fetchHeads(request, wanted);
  const { matches, indexed } = await searchHost(sources, request.background ?? false, heads);
  if (hostFolders.length > 0) request.onHostIndex?.(indexed);
  const flags = new Uint8Array(frames.first[frames.count] as number);
  const slot = new Int32Array(flags.length).fill(-1);
  let next = 0;
  for (const frame of wanted) {
    const [from, to] = [frames.first[frame] as number, frames.first[frame + 1] as number];
    const found = matches.file.subarray(next, next + to - from);
    const usable = request.known[frame] === 1 || !found.includes(-1);
    for (let ref = from; ref < to; ref++, next++) {
      slot[ref] = next;
      flags[ref] = usable && (matches.file[next] as number) >= 0 ? 1 : 0;
    }
  }
  const place = (ref: number) => {
    const at = slot[ref] as number;
    return { path: matches.files[matches.file[at] as number] as string, block: matches.block[at] as number };
  };
  const disks = new Set(kin.map(({ diskPath }) => diskPath));
  return {
    flags,
    place,
    sourceOf: (paths) =>
      paths.every((path) => disks.has(path))
        ? 'previous'
        : paths.every((path) => leftovers.includes(path))
          ? 'interrupted'
          : 'host',
  };
}

/** Looks for wanted blocks (8 leading bytes of each sha256) in files of this computer, in a thread of its own, which `heads` is moved to. */
export async function searchHost(
  { hostFolders = [], hostIndex, partialDir, kin = [], leftovers = [] }: FetchRequest['sources'],
  background: boolean,
  heads: Uint8Array<ArrayBuffer>,
): Promise<{ readonly matches: HostMatches; readonly indexed: HostIndexed }> {
  const pool = new ThreadPool(new URL('./host-worker.ts', import.meta.url), 1, { background }, reviveTrimError);
  const indexPath = hostIndex ?? join(partialDir, 'host.index');
  try {
    return await pool.run({ folders: hostFolders, indexPath, kin, leftovers, heads }, [heads.buffer]);
  } finally {
    await pool.close();
  }
}

/** The first 8 bytes of the block hashes of some frames (ascending); neighbours in a pack are asked for together. */
async function fetchHeads(
  {
    reader,
    manifest,
    index: { frames },
    key,
  }: Pick<Parameters<typeof findHostBlocks>[0], 'reader' | 'manifest' | 'index' | 'key'>,
  wanted: readonly number[],
): Promise<Uint8Array<ArrayBuffer>> {
  const heads = new Uint8Array(wanted.reduce((sum, frame) => sum + blocksOf(frames, frame) * 8, 0));
  let filled = 0;
  for (let i = 0; i < wanted.length; ) {
    const pack = frames.pack[wanted[i] as number] as number;
    const start = frames.hashAt[wanted[i] as number] as number;
    let end = start;
    let last = i;
    for (; last < wanted.length && frames.pack[wanted[last] as number] === pack; last++) {
      const at = frames.hashAt[wanted[last] as number] as number;
      if ((at - end) * 8 > 64 * 1024) break;
      end = at + blocksOf(frames, wanted[last] as number);
    }
    const entry = manifest.packs[pack] as Manifest['packs'][number];
    const bytes = new Uint8Array((end - start) * 8);
    let done = 0;
    await reader.range(packPath(entry.digest), entry.hashesOffset + start * 8, bytes.length, (piece) => {
      bytes.set(piece, done);
      done += piece.length;
      return undefined;
    });
    for (; i < last; i++) {
      const frame = wanted[i] as number;
      const at = ((frames.hashAt[frame] as number) - start) * 8;
      const stored = bytes.subarray(at, at + blocksOf(frames, frame) * 8);
      const digest = frames.digests.subarray(frame * 32, frame * 32 + 32);
      const part = key ? maskHashes(stored, key, digest, { at: 0, bytes: 8 }) : stored;
      heads.set(part, filled);
      filled += part.length;
    }
  }
  return heads;
}

function blocksOf(frames: VersionIndex['frames'], frame: number): number {
  return (frames.first[frame + 1] as number) - (frames.first[frame] as number);
}
