/** An entry of a log in Windows' terms. */
export interface LogEntry {
  /** Stable number of the entry within its log. */
  readonly record: number;
  readonly at: Date;
  readonly channel: string;
  /** syslog's priority, 0 emergency … 7 debug. */
  readonly priority: number;
  readonly source: string;
  readonly eventId: number;
  readonly message: string;
  readonly pid: number | null;
  readonly uid: number | null;
  /** The machine that it is about; null for this one. */
  readonly computer: string | null;
}

/** A log besides the journal whose entries are events of the machine, such as that of its management controller. */
export interface FurtherLog {
  /** The only one that its entries have. */
  readonly channel: string;
  /**
   * Entries as they come, until the signal aborts, each with the place behind it: text that only this log understands. Begins behind a place, with the
   * `oldest`, or with what comes from `now` on. A place that it does not know (any more) is the oldest.
   */
  follow(
    from: { readonly behind: string } | 'oldest' | 'now',
    signal: AbortSignal,
  ): AsyncIterable<{ readonly entry: LogEntry; readonly place: string }>;
}
