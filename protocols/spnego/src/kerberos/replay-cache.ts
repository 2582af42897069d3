/** Remembers the authenticators of the last minutes. Shared by all contexts; several processes need a common one. */
export interface ReplayCache {
  /**
   * Notes `digest` (32 bytes) until `expires` (ms since 1970). Gives false if it was noted before and has not expired:
   * then it is a replay. Must be atomic.
   */
  add(digest: Uint8Array, expires: number, now: number): Promise<boolean> | boolean;
}
