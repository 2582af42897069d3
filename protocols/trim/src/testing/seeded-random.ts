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

/** How many damaged inputs all parsers together see, always the same ones; `ATELIER_TEST_FUZZ` asks for more. */
export const damagedInputs = Number(process.env.ATELIER_TEST_FUZZ ?? 100_000);

/** Numbers at which readers of counts and lengths break, when they do. */
const odd = [0, 1, 0x7f, 0x80, 0xff, 0x100, 4095, 4097, 0x7fffffff, 0x80000000, 0xffffffff, 1_000_000_000];

/**
 * A copy of `bytes` with a few random changes: flipped bits, other bytes, cuts, insertions, swapped stretches, and odd numbers
 * in place of binary ones and of those in text.
 */
export function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let out = Buffer.from(bytes);
  for (let n = 1 + random(4); n > 0 && out.length > 0; n--) {
    const at = random(out.length);
    switch (random(8)) {
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
      case 5:
        if (at + 4 <= out.length) out.writeUInt32LE(odd[random(odd.length)] as number, at);
        break;
      case 6:
        out = oddDigits(out, at, random);
        break;
      default:
        out.copyWithin(random(out.length), at, Math.min(out.length, at + random(32)));
    }
  }
  return out;
}

/** Another number in place of the first one that is written in digits behind `at`. */
function oddDigits(bytes: Buffer, at: number, random: (below: number) => number): Buffer<ArrayBuffer> {
  const digit = (i: number) => (bytes[i] as number) >= 0x30 && (bytes[i] as number) <= 0x39;
  let from = at;
  while (from < bytes.length && !digit(from)) from++;
  let to = from;
  while (to < bytes.length && digit(to)) to++;
  const sign = random(4) === 0 ? '-' : '';
  const number = random(8) === 0 ? '1e999' : String(odd[random(odd.length)]);
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(sign + number), bytes.subarray(to)]);
}
