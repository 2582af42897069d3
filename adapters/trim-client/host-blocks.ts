import { closeSync, openSync, writeSync } from 'node:fs';
import { freeBuffer } from '@atelier/adapters/thread-pool';
import { blockBytes, blockDigest, frameDigest } from '@atelier/trim';
import { readBlocks } from './disk-blocks.ts';
import { journalEntry } from './journal.ts';
import type { HostDone, HostTask, TransferShared } from './transfer-tasks.ts';
import { writeRefs } from './write-refs.ts';

/** Takes blocks of a frame from host files, verified as they are read. Refs that are not there any more are told as bad. */
export function hostBlocks(shared: TransferShared, task: HostTask): HostDone {
  const content = Buffer.allocUnsafeSlow(task.refs.length * blockBytes);
  try {
    return readAndWrite(shared, task, content);
  } finally {
    freeBuffer(content);
  }
}

function readAndWrite(
  shared: TransferShared,
  { frame, known, refs, paths, path, block }: HostTask,
  content: Buffer,
): HostDone {
  const digests = Buffer.alloc(refs.length * 32);
  const right = new Uint8Array(refs.length);
  for (let i = 0; i < refs.length; ) {
    let count = 1;
    while (path[i + count] === path[i] && block[i + count] === (block[i] as number) + count) count++;
    const fd = opened(paths[path[i] as number] as string);
    if (fd !== undefined) readBlocks(fd, block[i] as number, count, content.subarray(i * blockBytes));
    for (let end = i + count; i < end; i++) {
      if (fd === undefined) continue;
      const digest = blockDigest(content.subarray(i * blockBytes, (i + 1) * blockBytes));
      digest.copy(digests, i * 32);
      const ref = refs[i] as number;
      right[i] = !known || digest.compare(shared.digests, ref * 32, ref * 32 + 32) === 0 ? 1 : 0;
    }
  }
  if (!known) {
    const wanted = shared.frames.digests.subarray(frame * 32, frame * 32 + 32);
    if (right.includes(0) || !frameDigest(digests).equals(wanted)) return { bytes: 0, bad: [...refs] };
    shared.digests.set(digests, (refs[0] as number) * 32);
  }
  let bytes = 0;
  for (let i = 0; i < refs.length; ) {
    let count = 0;
    while (i + count < refs.length && right[i + count] === 1 && refs[i + count] === (refs[i] as number) + count)
      count++;
    bytes += writeRefs(shared, refs[i] as number, content.subarray(i * blockBytes, (i + count) * blockBytes));
    i += Math.max(count, 1);
  }
  if (!known) writeSync(shared.journalFd, journalEntry(frame, digests));
  return { bytes, bad: [...refs].filter((_, i) => right[i] === 0) };
}

/** Files that were read last: frames that follow each other mostly lie in the same ones. */
const open = new Map<string, number>();

function opened(path: string): number | undefined {
  const before = open.get(path);
  if (before !== undefined) return before;
  if (open.size >= 64) {
    const [oldest, fd] = open.entries().next().value as [string, number];
    closeSync(fd);
    open.delete(oldest);
  }
  try {
    const fd = openSync(path, 'r');
    open.set(path, fd);
    return fd;
  } catch {
    return undefined;
  }
}
