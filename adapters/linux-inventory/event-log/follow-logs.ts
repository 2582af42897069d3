import type { LinuxHost } from '../linux-host.ts';
import { readJournal } from './journal.ts';
import type { LogPlaces } from './log-bookmark.ts';
import type { FurtherLog, LogEntry } from './log-entry.ts';

/** An entry of one of the logs, '' for the journal, with the place behind it. */
export interface FollowedEntry {
  readonly log: string;
  readonly entry: LogEntry;
  readonly place: string;
}

async function* followJournal(
  host: LinuxHost,
  from: LogPlaces | 'earliest' | null,
  signal: AbortSignal,
): AsyncGenerator<FollowedEntry> {
  const known = from !== null && from !== 'earliest' ? from.get('') : undefined;
  const begin = known ? { after: known.place } : from === null ? {} : { fromStart: true };
  for await (const entry of readJournal(host, { follow: true, ...begin }, signal))
    yield { log: '', entry, place: entry.cursor };
}

async function* followFurther(
  log: FurtherLog,
  from: LogPlaces | 'earliest' | null,
  signal: AbortSignal,
): AsyncGenerator<FollowedEntry> {
  const known = from !== null && from !== 'earliest' ? from.get(log.channel) : undefined;
  const begin = known ? { behind: known.place } : from === null ? 'now' : 'oldest';
  for await (const { entry, place } of log.follow(begin, signal)) yield { log: log.channel, entry, place };
}

/**
 * Entries of the journal and of further logs as they come, until the signal aborts or the journal ends. A log that a bookmark does not name had no entry
 * when that was made: it is read from its beginning.
 */
export async function* followLogs(
  host: LinuxHost,
  further: readonly FurtherLog[],
  from: LogPlaces | 'earliest' | null,
  signal: AbortSignal,
): AsyncGenerator<FollowedEntry> {
  const journal = followJournal(host, from, signal);
  if (further.length === 0) return yield* journal;
  const end = new AbortController();
  const either = AbortSignal.any([signal, end.signal]);
  const streams = [journal, ...further.map((log) => followFurther(log, from, either))];
  const next = (at: number) => streams[at]!.next().then((result) => ({ at, result }));
  const waiting = new Map(streams.map((_, at) => [at, next(at)]));
  try {
    while (waiting.size > 0) {
      const { at, result } = await Promise.race(waiting.values());
      if (!result.done) {
        yield result.value;
        waiting.set(at, next(at));
      } else if (at === 0) return;
      else waiting.delete(at);
    }
  } finally {
    end.abort();
    for (const one of waiting.values()) one.catch(() => undefined);
    for (const stream of streams) void stream.return(undefined).catch(() => undefined);
  }
}
