/** Remembers the authenticators of the last minutes. Shared by all contexts; several processes need a common one. */
export interface ReplayCache {
  /**
   * Notes `digest` (32 bytes) until `expires` (ms since 1970). Gives false if it was noted before and has not expired:
   * then it is a replay. Must be atomic.
   */
  add(digest: Uint8Array, expires: number, now: number): Promise<boolean> | boolean;
}

/**
 * A replay cache in memory for at most `limit` authenticators (default 100,000, some 15 MB). When it is full of ones that
 * have not expired, every new one is refused: to forget an old one would open the door to its replay.
 */
export function memoryReplayCache(limit = 100_000): ReplayCache {
  const expiries = new Map<string, number>();
  let sweepAt = 0;
  return {
    add(digest, expires, now) {
      if (now >= sweepAt) {
        for (const [key, until] of expiries) if (until <= now) expiries.delete(key);
        sweepAt = now + (expiries.size < limit ? 60_000 : 1000);
      }
      const key = Buffer.from(digest).toString('latin1');
      if ((expiries.get(key) ?? 0) > now || expiries.size >= limit) return false;
      expiries.set(key, expires);
      return true;
    },
  };
}
