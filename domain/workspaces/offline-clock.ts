/** What an endpoint knows about time since it last spoke with its server. All in milliseconds since 1970, unless said. */
export interface OfflineClock {
  /** The largest wall-clock time ever seen since then; kept on disk, so that setting the clock back does not help. */
  readonly highestWallTime: number;
  /** The local wall clock at the last contact. */
  readonly wallTimeAtContact: number;
}

/**
 * Minutes offline, never negative, never smaller than was already seen.
 * The server's clock and the local clock may differ: only local differences are added up.
 */
export function minutesOffline(clock: OfflineClock, wallTime: number): number {
  const highest = Math.max(clock.highestWallTime, wallTime);
  return Math.max(0, highest - clock.wallTimeAtContact) / 60_000;
}

export type OfflineState = 'fresh' | 'warning' | 'exceeded';

/** `warning` from 80 % of the limit on. */
export function offlineState(limitMinutes: number | null, minutes: number): OfflineState {
  if (limitMinutes === null) return 'fresh';
  if (minutes > limitMinutes) return 'exceeded';
  return minutes >= limitMinutes * 0.8 ? 'warning' : 'fresh';
}
