import { setTimeout as wait } from 'node:timers/promises';
import { type EventLogInfo, type EventLogRecord, eventText, sensorKindName } from '@atelier/ipmi';
import { eventLogInfo, readEventLog } from '../bmc/index.ts';
import type { FurtherLog, LogEntry } from '../linux-inventory/index.ts';
import type { Controller, ControllerPool } from './controller-pool.ts';
import { priorityOf } from './record-severity.ts';

/** Windows' name for the log that firmware's events go to. */
const channel = 'HardwareEvents';
const usualPoll = 5000;
const atOnce = 32;
/** Times below this count from the controller's start (IPMI 2.0 §37.1). */
const firstTime = 0x20000000;

/** The last record of a controller that was given; a log that was cleared has another one under its number, or none. */
type Last = Pick<EventLogRecord, 'recordId' | 'timestamp'>;

interface Watched {
  last: Last | null;
  /** What was told of the log when all of it had been given. */
  seen: EventLogInfo | null;
}

function entryOf(controller: Controller, record: EventLogRecord, sensor: string | null): LogEntry {
  const { recordId, timestamp, sensorType, recordType, asserted } = record;
  const what = sensor ?? (sensorType === null ? 'OEM' : sensorKindName(sensorType));
  return {
    record: recordId,
    at: timestamp === null || timestamp < firstTime ? new Date() : new Date(timestamp * 1000),
    channel,
    priority: priorityOf(record),
    source: 'IPMI',
    eventId: sensorType ?? recordType,
    message: `${what}: ${eventText(record)}${asserted === false ? ' (gone)' : ''}`,
    pid: null,
    uid: null,
    computer: controller.name,
  };
}

const same = (a: EventLogInfo | null, b: EventLogInfo): boolean =>
  a !== null && JSON.stringify(a) === JSON.stringify(b);

/** New records of one controller, at most so many at once. */
async function newRecords(
  pool: ControllerPool,
  controller: Controller,
  watched: Watched,
  signal: AbortSignal,
): Promise<readonly { readonly record: EventLogRecord; readonly entry: LogEntry }[]> {
  const info = await pool.use(controller, (transport) => eventLogInfo(transport, signal), signal);
  if (same(watched.seen, info)) return [];
  const { sensors } = await pool.sensors(controller, signal);
  const records = await pool.use(
    controller,
    async (transport) => {
      const found: EventLogRecord[] = [];
      for await (const one of readEventLog(transport, watched.last, signal)) {
        found.push(one);
        if (found.length === atOnce) break;
      }
      return found;
    },
    signal,
  );
  watched.seen = records.length < atOnce ? info : null;
  return records.map((record) => {
    const sensor = sensors.find((one) => one.number === record.sensorNumber && one.sensorType === record.sensorType);
    return { record, entry: entryOf(controller, record, sensor?.name ?? null) };
  });
}

function readPlaces(text: string): Map<string, Watched> {
  const places = new Map<string, Watched>();
  try {
    for (const [name, recordId, timestamp] of JSON.parse(text) as [string, number, number | null][])
      if (Number.isInteger(recordId)) places.set(name, { last: { recordId, timestamp }, seen: null });
  } catch {
    // A place that cannot be read is none: the logs are read from their beginnings.
  }
  return places;
}

const writePlaces = (all: ReadonlyMap<string, Watched>): string =>
  JSON.stringify([...all].flatMap(([name, { last }]) => (last ? [[name, last.recordId, last.timestamp]] : [])));

/**
 * The event logs of management controllers as one log of the machine. They are looked at every `pollEvery` milliseconds, and read where something was added; a controller
 * that cannot be reached, or that is added later, is tried again. One that is new with `now` begins with what comes.
 */
export const hardwareEventLog = (pool: ControllerPool, pollEvery = usualPoll): FurtherLog => ({
  channel,
  async *follow(from, signal) {
    const watched = typeof from === 'object' ? readPlaces(from.behind) : new Map<string, Watched>();
    const begin = async (controller: Controller): Promise<Watched> => {
      const one: Watched = { last: null, seen: null };
      if (from === 'now')
        for (;;) {
          const passed = await newRecords(pool, controller, one, signal);
          if (passed.length === 0) break;
          one.last = passed.at(-1)!.record;
        }
      watched.set(controller.name, one);
      return one;
    };
    while (!signal.aborted) {
      const looks = pool.controllers().map(async (controller) => {
        const one = watched.get(controller.name) ?? (await begin(controller));
        return { one, found: await newRecords(pool, controller, one, signal) };
      });
      let more = false;
      for (const look of await Promise.allSettled(looks)) {
        // What fails is said by the ComputerSystem, which is unreachable then.
        if (look.status === 'rejected') continue;
        const { one, found } = look.value;
        if (found.length === atOnce) more = true;
        for (const { record, entry } of found) {
          one.last = { recordId: record.recordId, timestamp: record.timestamp };
          yield { entry, place: writePlaces(watched) };
        }
      }
      if (!more) await wait(pollEvery, undefined, { signal }).catch(() => undefined);
    }
  },
});
