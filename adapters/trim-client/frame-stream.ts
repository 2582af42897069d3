/** A stretch of a file that is one frame. */
export type FrameRange<T> = { readonly frame: T; readonly offset: number; readonly length: number };

/**
 * Cuts frames out of the pieces of a ranged answer, in order; what lies between frames is dropped. Each frame gets a buffer
 * of its own, which may be moved to a thread, and the sources that its bytes came from.
 */
export function frameStream<T, S>(
  start: number,
  frames: readonly FrameRange<T>[],
  emit: (frame: T, stored: Uint8Array<ArrayBuffer>, sources: ReadonlySet<S>) => Promise<void> | undefined,
): (piece: Uint8Array, source: S) => Promise<void> {
  let at = start;
  let next = 0;
  let filled = 0;
  let stored: Uint8Array<ArrayBuffer> | undefined;
  let sources = new Set<S>();
  return async (piece, source) => {
    let from = 0;
    while (from < piece.length) {
      const frame = frames[next];
      if (!frame) break;
      const skip = frame.offset + filled - at;
      if (skip > 0) {
        const passed = Math.min(skip, piece.length - from);
        from += passed;
        at += passed;
        continue;
      }
      stored ??= new Uint8Array(frame.length);
      const part = piece.subarray(from, from + frame.length - filled);
      stored.set(part, filled);
      sources.add(source);
      filled += part.length;
      from += part.length;
      at += part.length;
      if (filled < frame.length) continue;
      const whole = stored;
      const givers = sources;
      stored = undefined;
      sources = new Set();
      filled = 0;
      next++;
      await emit(frame.frame, whole, givers);
    }
    at += piece.length - from;
  };
}
