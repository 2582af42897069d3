import { readFile } from 'node:fs/promises';
import { type FrameTable, frameDigest } from '@atelier/trim';

/**
 * The journal of a transfer: for each frame that was verified, its number (u32), its count of blocks (u32) and the sha256 of
 * each block. An entry proves itself against the frame's digest in the index, so torn or stale entries are simply passed
 * over, and it is no promise about the disk: on resume blocks are hashed again.
 */
export const journalEntryHead = 8;

/** Puts the journal's digests into `digests` (32 bytes by ref) and marks the frames in `known`. */
export async function readJournal(
  path: string,
  frames: FrameTable,
  digests: Uint8Array,
  known: Uint8Array,
): Promise<void> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  for (let at = 0; at + journalEntryHead <= bytes.length; ) {
    const frame = bytes.readUInt32LE(at);
    const blocks = bytes.readUInt32LE(at + 4);
    const first = frames.first[frame];
    const end = frames.first[frame + 1];
    if (first === undefined || end === undefined || end - first !== blocks) return;
    const list = bytes.subarray(at + journalEntryHead, at + journalEntryHead + blocks * 32);
    if (list.length !== blocks * 32) return;
    if (frameDigest(list).equals(frames.digests.subarray(frame * 32, frame * 32 + 32))) {
      digests.set(list, first * 32);
      known[frame] = 1;
    }
    at += journalEntryHead + blocks * 32;
  }
}

/** One entry of the journal. */
export function journalEntry(frame: number, digests: Uint8Array): Uint8Array {
  const entry = Buffer.alloc(journalEntryHead + digests.length);
  entry.writeUInt32LE(frame, 0);
  entry.writeUInt32LE(digests.length / 32, 4);
  entry.set(digests, journalEntryHead);
  return entry;
}
