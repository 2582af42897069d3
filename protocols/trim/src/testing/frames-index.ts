import type { VersionIndex } from '../version-index.ts';

/**
 * An index over one pack of frames of 4 blocks and 1,000 stored bytes, with `gap` bytes between them: one frame by name, with which its
 * digest is filled, and by `prefix` in blocks. The image is `map`. For tests.
 */
export function framesIndex(
  names: readonly number[],
  map: readonly number[],
  { gap = 0, prefix = names.map(() => 0) }: { readonly gap?: number; readonly prefix?: readonly number[] } = {},
): VersionIndex {
  const count = names.length;
  const digests = new Uint8Array(count * 32);
  for (const [f, name] of names.entries()) digests.fill(name, f * 32, f * 32 + 32);
  const each = (value: (f: number) => number) => Array.from({ length: count }, (_, f) => value(f));
  return {
    kind: 'version-index',
    size: map.length * 4096,
    map: Uint32Array.from(map),
    frames: {
      count,
      packs: 1,
      pack: new Uint32Array(count),
      offset: Float64Array.from(each((f) => 8 + f * (1000 + gap))),
      length: Uint32Array.from(each(() => 1000)),
      first: Uint32Array.from([...each((f) => f * 4), count * 4]),
      hashAt: Uint32Array.from(each((f) => f * 4)),
      prefix: Uint32Array.from(prefix),
      digests,
    },
  };
}
