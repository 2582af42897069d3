/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A changed copy of `sample`: some bytes other ones, cut short, made longer, or a piece doubled. */
export function mutate(random: () => number, sample: Uint8Array): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit);
  const bytes = Uint8Array.from(sample);
  const kind = below(8);
  if (kind === 0) return bytes.slice(0, below(bytes.length + 1));
  if (kind === 1) {
    const at = below(bytes.length);
    return Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(below(at + 1), at + below(16)), ...bytes.slice(at)]);
  }
  if (kind === 2) return Uint8Array.from({ length: below(64) }, () => below(256));
  const extremes = [0, 1, 0x7f, 0x80, 0xff];
  for (let n = 1 + below(4); n > 0; n--)
    bytes[below(bytes.length)] = random() < 0.5 ? extremes[below(extremes.length)]! : below(256);
  return bytes;
}
