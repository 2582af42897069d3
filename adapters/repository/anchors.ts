/**
 * Similarity by anchors: positions picked by content (a rolling hash of the last 32 bytes has its top bits zero), so that
 * the same bytes give the same anchors wherever they lie. Old blocks are entered by their anchors; new content then finds
 * the blocks that share some.
 */
export type AnchorTable = {
  /** an anchor is where this many top bits of the rolling hash are zero */
  readonly bits: number;
  /** by slot: ref plus one, and a check over the 16 bytes before the window; a power of two long, shared memory */
  readonly slots: Uint32Array;
  readonly checks: Uint16Array;
};

const window = 48;

/** A table for so many blocks of old content: one anchor in 128 bytes, fewer where `maxSlots` would not hold them. */
export function anchorTable(blocks: number, maxSlots = 2 ** 24): AnchorTable {
  let bits = 7;
  while (blocks * (4096 >> bits) * 2 > maxSlots && bits < 12) bits++;
  let slots = 2 ** 12;
  while (slots < blocks * (4096 >> bits) * 2 && slots < maxSlots) slots *= 2;
  return {
    bits,
    slots: new Uint32Array(new SharedArrayBuffer(slots * 4)),
    checks: new Uint16Array(new SharedArrayBuffer(slots * 2)),
  };
}

/** Enters the anchors of `bytes`, whose first block is `ref`; blocks that `usable` refuses are left out. */
export function enterAnchors(
  table: AnchorTable,
  bytes: Uint8Array,
  ref: number,
  usable: (ref: number) => boolean,
): void {
  eachAnchor(bytes, table, (slot, check, at) => {
    const block = ref + (at >>> 12);
    if (!usable(block)) return;
    table.slots[slot] = block + 1;
    table.checks[slot] = check;
  });
}

/** Counts into `votes` (by ref) the anchors that `bytes` shares with old blocks; gives the refs that got any. */
export function countVotes(table: AnchorTable, bytes: Uint8Array, votes: Uint16Array): number[] {
  const found: number[] = [];
  eachAnchor(bytes, table, (slot, check) => {
    const value = table.slots[slot] as number;
    if (value === 0 || table.checks[slot] !== check) return;
    const before = votes[value - 1] as number;
    if (before === 0) found.push(value - 1);
    if (before < 0xffff) votes[value - 1] = before + 1;
  });
  return found;
}

function eachAnchor(
  bytes: Uint8Array,
  { bits, slots }: AnchorTable,
  visit: (slot: number, check: number, at: number) => void,
): void {
  const shift = 32 - bits;
  const slotShift = Math.clz32(slots.length) + 1;
  let rolling = 0;
  for (let i = 0; i < bytes.length; i++) {
    rolling = ((rolling << 1) + (gear[bytes[i] as number] as number)) | 0;
    if (rolling >>> shift !== 0 || i < window) continue;
    let check = 0;
    for (let j = i - window + 1; j <= i - 32; j++) check = Math.imul(check ^ (bytes[j] as number), 0x01000193);
    visit(Math.imul(rolling, 0x9e3779b1) >>> slotShift, check >>> 16, i);
  }
}

/** 256 numbers with no pattern, the same in every run. */
const gear = Int32Array.from({ length: 256 }, (_, i) => {
  let x = Math.imul(i + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
});
