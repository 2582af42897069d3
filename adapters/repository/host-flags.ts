import { dirname } from 'node:path';
import { searchHost } from '@atelier/adapters/trim-client';
import { type Manifest, maskHashes, type PackEntry, type PlanInput, packPath, planTransfer } from '@atelier/trim';
import type { RepositoryStore } from './repository-store.ts';

/** Which blocks files of this computer could lend, as a client finds out, and what looking for them takes of the wire. */
export async function hostFlags(request: {
  readonly store: RepositoryStore;
  readonly manifest: Manifest;
  readonly input: PlanInput;
  readonly key: Uint8Array | undefined;
  readonly folders: readonly string[];
  readonly indexPath: string;
}): Promise<{ readonly flags: Uint8Array; readonly hashBytes: number; readonly requests: number }> {
  const { store, manifest, input, key, folders, indexPath } = request;
  const { frames } = input.target;
  const wanted = planTransfer(input)
    .requests.flatMap((one) => one.frames.map(({ frame }) => frame))
    .sort((a, b) => a - b);
  const blocks = (frame: number) => (frames.first[frame + 1] as number) - (frames.first[frame] as number);
  const parts: Uint8Array[] = [];
  let pack = -1;
  let requests = 0;
  let column: Uint8Array = new Uint8Array();
  for (const frame of wanted) {
    const entry = manifest.packs[frames.pack[frame] as number] as PackEntry;
    if (frames.pack[frame] !== pack) {
      pack = frames.pack[frame] as number;
      column = await store.readRange(packPath(entry.digest), entry.hashesOffset, entry.blocks * 8);
      requests++;
    }
    const at = (frames.hashAt[frame] as number) * 8;
    const stored = column.subarray(at, at + blocks(frame) * 8);
    const digest = frames.digests.subarray(frame * 32, frame * 32 + 32);
    parts.push(key ? maskHashes(stored, key, digest, { at: 0, bytes: 8 }) : stored);
  }
  const hashBytes = parts.reduce((sum, part) => sum + part.length, 0);
  const heads = new Uint8Array(hashBytes);
  parts.reduce((at, part) => {
    heads.set(part, at);
    return at + part.length;
  }, 0);
  const sources = { previous: [], partialDir: dirname(indexPath), hostFolders: folders, hostIndex: indexPath };
  const { matches } = await searchHost(sources, false, heads);
  const flags = new Uint8Array(frames.first[frames.count] as number);
  let next = 0;
  for (const frame of wanted) {
    const found = matches.file.subarray(next, next + blocks(frame));
    // of a frame whose digest is all that is known, the host must have every block
    if (!found.includes(-1)) flags.fill(1, frames.first[frame], frames.first[frame + 1]);
    next += blocks(frame);
  }
  return { flags, hashBytes, requests };
}
