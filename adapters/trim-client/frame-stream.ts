/** A stretch of a file that is one frame. */
export type FrameRange<T> = { readonly frame: T; readonly offset: number; readonly length: number };

/**
 * Cuts frames out of the pieces of a ranged answer, in order; what lies between frames is dropped. Each frame gets a buffer
 * of its own, which may be moved to a thread.
 */
export function frameStream<T>(
  start: number,
  frames: readonly FrameRange<T>[],
  emit: (frame: T, stored: Uint8Array<ArrayBuffer>) => Promise<void> | undefined,
): (piece: Uint8Array) => Promise<void> {
  let at = start;
  let next = 0;
  let filled = 0;
  let stored: Uint8Array<ArrayBuffer> | undefined;
  return async (piece) => {
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
      filled += part.length;
      from += part.length;
      at += part.length;
      if (filled < frame.length) continue;
      const whole = stored;
      stored = undefined;
      filled = 0;
      next++;
      await emit(frame.frame, whole);
    }
    at += piece.length - from;
  };
}
