/** A plug-in that is ready to work, as the broker sees it while it makes machines or does tasks. */
export interface AtWork<Methods> {
  readonly name: string;
  /** The name under which it owns targets. */
  readonly provider: string;
  readonly methods: Methods;
  /** Keeps it from being ended by a reload; call what it gives when the work is over. */
  hold(): () => void;
  /** Ends its thread or process if it is in a loop. */
  checkAlive(): void;
  /** Ends its thread or process, and starts it anew. */
  reset(): void;
}
