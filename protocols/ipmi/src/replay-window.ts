/** Which sequence numbers of a session were seen (IPMI 2.0 §13.28): 16 behind the highest are taken, each once. */
export interface ReplayWindow {
  readonly highest: number;
  /** Bit n: `highest - n` was seen. */
  readonly seen: number;
}

export const emptyWindow: ReplayWindow = { highest: 0, seen: 0 };

const width = 16;

/** The window after `sequence`, or null when it was seen or is too old: the packet must be dropped. */
export function advance(window: ReplayWindow, sequence: number): ReplayWindow | null {
  if (sequence === 0) return null;
  const ahead = sequence - window.highest;
  if (ahead > 0)
    return { highest: sequence, seen: ahead >= width ? 1 : ((window.seen << ahead) | 1) & ((1 << width) - 1) };
  const bit = 1 << -ahead;
  if (-ahead >= width || window.seen & bit) return null;
  return { highest: window.highest, seen: window.seen | bit };
}
