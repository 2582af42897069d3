import { readSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { buffersUsed, serveTasks } from '@atelier/adapters/thread-pool';
import { blockBytes, frameDictionary, limits, sealFrame, zstdCompress } from '@atelier/trim';
import { countVotes, enterAnchors } from './anchors.ts';
import {
  type AnchorTask,
  type DeltaDone,
  type DeltaShared,
  type DeltaTask,
  noBlock,
  type UnpackTask,
} from './delta-tasks.ts';
import { openChain } from './open-chain.ts';
import type { StoredFrame } from './pack-tasks.ts';

const shared = workerData as DeltaShared;
const votes = new Uint16Array(shared.blockOfRef.length);
/** Reference blocks by block of a frame: more than these stop to pay. */
const referencesPerBlock = 2.5;

serveTasks((task: UnpackTask | AnchorTask | DeltaTask) => {
  switch (task.kind) {
    case 'unpack':
      return { value: unpack(task) };
    case 'anchor':
      return { value: anchor(task) };
    case 'delta': {
      const value = deltas(task);
      return { value, transfer: value.flatMap(({ stored }) => (stored ? [stored.buffer as ArrayBuffer] : [])) };
    }
  }
});

function unpack({ chain, ref }: UnpackTask): void {
  let at = ref * blockBytes;
  for (const bytes of openChain(chain, shared.key)) {
    for (let done = 0; done < bytes.length; )
      done += writeSync(shared.oldFd, bytes, done, bytes.length - done, at + done);
    at += bytes.length;
    buffersUsed(bytes.length * 2);
  }
}

function anchor({ from, to }: AnchorTask): void {
  const bytes = readRefs(from, to - from);
  enterAnchors(shared.table, bytes, from, (ref) => shared.blockOfRef[ref] !== noBlock);
}

function deltas({ chain, wanted }: DeltaTask): DeltaDone {
  return [...openChain(chain, shared.key)].map((bytes, i) =>
    wanted[i] ? delta(bytes, chain[i] as StoredFrame) : { runs: new Uint32Array() },
  );
}

function delta(bytes: Uint8Array, plain: StoredFrame): DeltaDone[number] {
  const refs = references(bytes);
  if (refs.length === 0) return { runs: new Uint32Array() };
  const runs = blockRuns(refs);
  const dictionary = frameDictionary(refs.map((ref) => readRefs(ref, 1)));
  const packed = zstdCompress(bytes, shared.level, dictionary);
  buffersUsed(packed.buffer.byteLength + dictionary.length * 2 + bytes.length);
  const stored = Uint8Array.from(shared.key ? sealFrame(packed, shared.key, plain.digest) : packed);
  // three bytes or so per run are the table's share
  return stored.length + runs.length * 1.5 + 16 < plain.stored.length * 0.97
    ? { stored, runs }
    : { runs: new Uint32Array() };
}

/** The old blocks that share most anchors with `bytes`, in the order in which the old image has them. */
function references(bytes: Uint8Array): number[] {
  const found = countVotes(shared.table, bytes, votes);
  const weight = (ref: number) => votes[ref] as number;
  const best = found
    .sort((a, b) => weight(b) - weight(a) || a - b)
    .slice(0, Math.min(limits.referenceBlocks, (bytes.length / blockBytes) * referencesPerBlock));
  for (const ref of found) votes[ref] = 0;
  return best.sort((a, b) => (shared.blockOfRef[a] as number) - (shared.blockOfRef[b] as number));
}

function blockRuns(refs: readonly number[]): Uint32Array {
  const runs: number[] = [];
  for (const ref of refs) {
    const block = shared.blockOfRef[ref] as number;
    const last = runs.length - 2;
    if (last >= 0 && (runs[last] as number) + (runs[last + 1] as number) === block) (runs[last + 1] as number)++;
    else runs.push(block, 1);
  }
  return Uint32Array.from(runs);
}

function readRefs(ref: number, count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count * blockBytes);
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(shared.oldFd, bytes, done, bytes.length - done, ref * blockBytes + done);
    if (read === 0) throw new Error('the old version is shorter than its index says');
    done += read;
  }
  return bytes;
}
