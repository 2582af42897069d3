import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { DeltaTable } from './delta-table.ts';
import { frameLengthLimit, limits } from './limits.ts';

/** First bytes of a delta pack, and of its table once decompressed. */
export const deltaMagic = 'TRIMDLT1';
export const deltaTableMagic = 'TRIMDTB1';

/** A delta's table as bytes, not yet compressed (README, "Deltas"). */
export function encodeDeltaTable(table: DeltaTable): Uint8Array {
  const out = new ByteWriter();
  out.text(deltaTableMagic);
  out.u32(table.count);
  out.u32(table.runs.length / 2);
  for (let r = 0; r < table.count; r++)
    out.varint((table.frame[r] as number) - (r === 0 ? 0 : (table.frame[r - 1] as number) + 1));
  for (let r = 0; r < table.count; r++) out.varint(table.length[r] as number);
  for (let r = 0; r < table.count; r++) out.varint((table.firstRun[r + 1] as number) - (table.firstRun[r] as number));
  let expected = 0;
  for (let i = 0; i < table.runs.length; i += 2) {
    out.signed((table.runs[i] as number) - expected);
    out.varint(table.runs[i + 1] as number);
    expected = (table.runs[i] as number) + (table.runs[i + 1] as number);
  }
  return out.finish();
}

/** What the table of a delta must agree with. */
export type DeltaBounds = {
  /** frames of the target's index, and blocks of the old version's image */
  readonly frames: number;
  readonly fromBlocks: number;
  /** rows that the manifest counts, and where the delta frames end in the delta pack */
  readonly rows: number;
  readonly framesEnd: number;
};

/** Reads a delta's table, decompressed. Throws `trim.format`, `trim.limits`, `trim.format-version`. */
export function decodeDeltaTable(bytes: Uint8Array, bounds: DeltaBounds): DeltaTable {
  const reader = new ByteReader(bytes, 'the delta table');
  reader.magic(deltaTableMagic);
  const count = reader.u32();
  const runCount = reader.u32();
  if (count !== bounds.rows || count > bounds.frames) throw reader.wrong('does not count the frames of the manifest');
  if (count * 3 + runCount * 2 > reader.left) throw reader.wrong('counts more than it holds');
  const frame = new Uint32Array(count);
  for (let r = 0; r < count; r++) {
    const low = r === 0 ? 0 : (frame[r - 1] as number) + 1;
    frame[r] = low + reader.varintWithin(0, Math.max(0, bounds.frames - 1 - low), 'frame number');
    if ((frame[r] as number) >= bounds.frames) throw reader.wrong('names a frame that is not there');
  }
  const offset = new Float64Array(count);
  const length = new Uint32Array(count);
  let end = deltaMagic.length;
  for (let r = 0; r < count; r++) {
    offset[r] = end;
    length[r] = reader.varintWithin(1, frameLengthLimit(limits.frameBlocks), 'length of a delta frame');
    end += length[r] as number;
  }
  if (end !== bounds.framesEnd) throw reader.wrong('does not add up to the delta pack');
  const firstRun = new Uint32Array(count + 1);
  for (let r = 0; r < count; r++)
    firstRun[r + 1] = (firstRun[r] as number) + reader.varintWithin(0, limits.referenceRuns, 'runs of a delta frame');
  if (firstRun[count] !== runCount) throw reader.wrong('does not add up to its count of runs');
  const runs = new Uint32Array(runCount * 2);
  let expected = 0;
  for (let r = 0; r < count; r++) {
    let blocks = 0;
    for (let i = firstRun[r] as number; i < (firstRun[r + 1] as number); i++) {
      const start = expected + reader.signed();
      const run = reader.varintWithin(1, limits.referenceBlocks, 'reference blocks');
      blocks += run;
      if (start < 0 || start + run > bounds.fromBlocks || blocks > limits.referenceBlocks)
        throw reader.wrong('refers to blocks outside of the old version');
      runs[i * 2] = start;
      runs[i * 2 + 1] = run;
      expected = start + run;
    }
  }
  reader.end();
  return { kind: 'delta-table', count, frame, offset, length, firstRun, runs };
}
