import { setTimeout as wait } from 'node:timers/promises';
import {
  clearEventLog,
  type EventLogInfo,
  type EventLogRecord,
  firstRecord,
  getEventLogEntry,
  getEventLogInfo,
  lastRecord,
  readErasureDone,
  readEventLogEntry,
  readEventLogInfo,
  readReservation,
  reserveEventLog,
} from '@atelier/ipmi';
import { ask, type IpmiTransport } from './ipmi-transport.ts';

const noSuchRecord = 0xcb;

export const eventLogInfo = async (transport: IpmiTransport, signal?: AbortSignal): Promise<EventLogInfo> =>
  readEventLogInfo(await ask(transport, getEventLogInfo, 'asking for the event log', signal));

/**
 * The records of the system event log from the oldest on, or from behind the record `after`. Ends at once when the log is empty. When `after`
 * itself is no longer there (somebody cleared the log), it begins with the oldest; so it does when another record has taken its number, which only
 * shows where `after` says its time.
 */
export async function* readEventLog(
  transport: IpmiTransport,
  after: number | Pick<EventLogRecord, 'recordId' | 'timestamp'> | null = null,
  signal?: AbortSignal,
): AsyncIterable<EventLogRecord> {
  const seen = new Set<number>();
  const known = typeof after === 'object' ? after : null;
  let next = typeof after === 'number' ? after : (known?.recordId ?? firstRecord);
  let skip = after !== null;
  while (next !== lastRecord && !seen.has(next)) {
    const { completionCode, data } = await transport.send(getEventLogEntry(next), signal);
    if (completionCode === noSuchRecord) {
      if (!skip) return;
      skip = false;
      next = firstRecord;
      continue;
    }
    const entry = readEventLogEntry(
      completionCode === 0 ? data : await ask(transport, getEventLogEntry(next), 'reading the event log', signal),
    );
    if (skip && known && entry.record.timestamp !== known.timestamp) {
      skip = false;
      next = firstRecord;
      continue;
    }
    seen.add(next);
    next = entry.next;
    if (!skip) yield entry.record;
    skip = false;
  }
}

/** Empties the log and waits until that is done, at most ten seconds. */
export async function eraseEventLog(transport: IpmiTransport, signal?: AbortSignal): Promise<void> {
  const reservation = readReservation(await ask(transport, reserveEventLog, 'reserving the event log', signal));
  let done = readErasureDone(await ask(transport, clearEventLog(reservation, true), 'clearing the event log', signal));
  for (let attempt = 0; !done; attempt++) {
    if (attempt === 50) throw new Error('the event log was still being erased after ten seconds: look again later');
    await wait(200, undefined, { signal });
    done = readErasureDone(await ask(transport, clearEventLog(reservation, false), 'clearing the event log', signal));
  }
}
