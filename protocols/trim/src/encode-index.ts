import { ByteWriter } from './byte-writer.ts';
import { blockBytes } from './limits.ts';
import type { FrameTable, VersionIndex } from './version-index.ts';

/** First bytes of an index once decompressed; the last letter is the format's version. */
export const indexMagic = 'TRIMIDX1';

/** Flag of an index that has a column of prefixes. */
export const prefixFlag = 1;

/** Kinds of runs in the map. */
export const runKind = { zero: 0, sequence: 1, repeat: 2 } as const;

/** An index as bytes, not yet compressed (README, "Index"). The same index always gives the same bytes. */
export function encodeIndex(index: VersionIndex): Uint8Array {
  const { frames } = index;
  const { bytes: runs, count } = encodeRuns(index.map);
  const out = new ByteWriter();
  out.text(indexMagic);
  out.u64(index.size);
  out.u32(blockBytes);
  out.u32(frames.packs);
  out.u32(frames.count);
  out.u32(frames.first[frames.count] as number);
  out.u32(count);
  const chained = frames.prefix.some((blocks) => blocks > 0);
  out.u32(chained ? prefixFlag : 0);
  encodeFrames(out, frames, chained);
  out.bytes(runs);
  return out.finish();
}

function encodeFrames(out: ByteWriter, frames: FrameTable, chained: boolean): void {
  const perPack = new Uint32Array(frames.packs);
  for (let f = 0; f < frames.count; f++) (perPack[frames.pack[f] as number] as number)++;
  for (const count of perPack) out.varint(count);
  const each = (write: (frame: number, firstOfPack: boolean) => void) => {
    for (let f = 0; f < frames.count; f++) write(f, f === 0 || frames.pack[f] !== frames.pack[f - 1]);
  };
  const blocks = (f: number) => (frames.first[f + 1] as number) - (frames.first[f] as number);
  each((f, head) => {
    const end = head ? 0 : (frames.offset[f - 1] as number) + (frames.length[f - 1] as number);
    out.varint((frames.offset[f] as number) - end);
  });
  each((f) => out.varint(frames.length[f] as number));
  each((f) => out.varint(blocks(f)));
  each((f, head) =>
    out.varint((frames.hashAt[f] as number) - (head ? 0 : (frames.hashAt[f - 1] as number) + blocks(f - 1))),
  );
  if (chained) each((f) => out.varint(frames.prefix[f] as number));
  out.bytes(frames.digests.subarray(0, frames.count * 32));
}

function encodeRuns(map: Uint32Array): { readonly bytes: Uint8Array; readonly count: number } {
  const out = new ByteWriter();
  let count = 0;
  let expected = 0;
  for (let at = 0; at < map.length; count++) {
    const value = map[at] as number;
    let run = 1;
    let kind: number = runKind.zero;
    if (value === 0) {
      while (map[at + run] === 0) run++;
    } else if (map[at + 1] === value) {
      kind = runKind.repeat;
      while (map[at + run] === value) run++;
    } else {
      kind = runKind.sequence;
      // a run ends before a repeat begins, so that the same map always gives the same runs
      while (map[at + run] === value + run && map[at + run + 1] !== value + run) run++;
    }
    out.varint(run * 4 + kind);
    if (kind !== runKind.zero) {
      const ref = value - 1;
      out.signed(ref - expected);
      expected = kind === runKind.repeat ? ref + 1 : ref + run;
    }
    at += run;
  }
  return { bytes: out.finish(), count };
}
