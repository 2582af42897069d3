/** Random numbers that are the same in every run (mulberry32): `next(n)` gives a whole number below n. For tests. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** A copy of `bytes` with a few random changes: flipped bits, other bytes, cuts, insertions, swapped stretches. */
export function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let out = Buffer.from(bytes);
  for (let n = 1 + random(4); n > 0 && out.length > 0; n--) {
    const at = random(out.length);
    switch (random(6)) {
      case 0:
        out[at] = (out[at] as number) ^ (1 << random(8));
        break;
      case 1:
        out[at] = [0, 0xff, 0x7f, 0x80, random(256)][random(5)] as number;
        break;
      case 2:
        out = out.subarray(0, at);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at), Buffer.alloc(1 + random(9), random(256)), out.subarray(at)]);
        break;
      case 4:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + random(16))]);
        break;
      default:
        out.copyWithin(random(out.length), at, Math.min(out.length, at + random(32)));
    }
  }
  return out;
}
