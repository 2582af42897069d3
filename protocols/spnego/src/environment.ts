/** What this package never takes by itself: time and chance. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** So many bytes that nobody can foretell (`crypto.randomBytes`). */
  readonly random: (length: number) => Uint8Array;
}
