/** Numbers that look random and are the same in each run. */
export interface SeededRandom {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  bytes(length: number): Uint8Array;
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const below = (bound: number) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  return { below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) };
}

/** A copy with a few octets changed, cut off, doubled or removed. */
export function mutate(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  let copy = bytes.slice();
  for (let n = random.below(4); n >= 0; n--) {
    const at = random.below(copy.length + 1);
    const kind = random.below(10);
    if (kind < 7 && at < copy.length) copy[at] = kind < 4 ? random.below(256) : copy[at]! ^ (1 << random.below(8));
    else if (kind === 7) copy = copy.slice(0, at);
    else if (kind === 8)
      copy = Uint8Array.from([...copy.subarray(0, at), ...random.bytes(random.below(9)), ...copy.subarray(at)]);
    else copy = Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(at + random.below(9))]);
  }
  return copy;
}
