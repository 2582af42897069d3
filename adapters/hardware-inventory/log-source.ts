import { setTimeout as wait } from 'node:timers/promises';
import { type CimDateTime, type CimInstance, dateTimeOf } from '@atelier/cim';
import { type EventLogRecord, eventText, type SensorRecord, sensorKindName } from '@atelier/ipmi';
import type { CimChange, CimSource, OperationContext } from '@atelier/plugin-kit';
import { eraseEventLog, eventLogInfo, readEventLog } from '../bmc/index.ts';
import type { Controller, ControllerPool } from './controller-pool.ts';
import { act, controllerNamed, eachController, instanceOf } from './each-controller.ts';

/** Times below this count from the controller's start (IPMI 2.0 §37.1). */
const firstTime = 0x20000000;
const recordSize = 16;
const pollEvery = 5_000;

const timeOf = (record: EventLogRecord): CimDateTime | null =>
  record.timestamp === null || record.timestamp < firstTime ? null : dateTimeOf(new Date(record.timestamp * 1000));

function instanceOfRecord(
  controller: Controller,
  record: EventLogRecord,
  sensors: readonly SensorRecord[],
): CimInstance {
  const sensor = sensors.find((one) => one.number === record.sensorNumber && one.sensorType === record.sensorType);
  const kind = record.sensorType === null ? 'OEM' : sensorKindName(record.sensorType);
  return instanceOf('LogRecord', {
    LogCreationClassName: 'RecordLog',
    LogName: controller.name,
    CreationClassName: 'LogRecord',
    RecordID: String(record.recordId),
    ElementName: `${kind}: ${eventText(record)}`,
    MessageTimestamp: timeOf(record),
    RecordFormat: 'Type Generator SensorType SensorNumber EventType Data1 Data2 Data3',
    RecordData: [
      record.recordType,
      record.generator,
      record.sensorType,
      record.sensorNumber,
      record.eventType,
      ...record.data,
    ].join(' '),
    DataFormat: eventText(record),
    SensorName: sensor?.name ?? null,
    Asserted: record.asserted,
  });
}

async function* listRecords(
  pool: ControllerPool,
  controller: Controller,
  after: number | null,
  signal: AbortSignal,
): AsyncIterable<readonly [EventLogRecord, CimInstance]> {
  const { sensors } = await pool.sensors(controller, signal);
  // Read whole pages at a time inside of one use: a session must not be held while the client thinks.
  let last = after;
  for (;;) {
    const page = await pool.use(controller, (transport) => firstOf(readEventLog(transport, last, signal), 32), signal);
    for (const record of page) yield [record, instanceOfRecord(controller, record, sensors)];
    if (page.length < 32) return;
    last = page[page.length - 1]!.recordId;
  }
}

async function firstOf<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
    if (found.length === count) break;
  }
  return found;
}

async function lastRecord(pool: ControllerPool, controller: Controller, signal: AbortSignal): Promise<number | null> {
  let last: number | null = null;
  for await (const [record] of listRecords(pool, controller, null, signal)) last = record.recordId;
  return last;
}

/** New records of one controller, looked for every five seconds; one that cannot be reached is tried again. */
async function* watchController(
  pool: ControllerPool,
  controller: Controller,
  signal: AbortSignal,
): AsyncIterable<CimChange> {
  let last: number | null | undefined;
  while (!signal.aborted) {
    try {
      // null is the end of an empty log, undefined that nobody looked yet.
      if (last === undefined) last = await lastRecord(pool, controller, signal);
      for await (const [record, instance] of listRecords(pool, controller, last, signal)) {
        last = record.recordId;
        yield { kind: 'created', instance };
      }
    } catch {
      // Said by the ComputerSystem, which is unreachable then.
    }
    await wait(pollEvery, undefined, { signal }).catch(() => undefined);
  }
}

async function* merged(streams: readonly AsyncIterable<CimChange>[]): AsyncIterable<CimChange> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const next = (at: number) => iterators[at]!.next().then((result) => ({ at, result }));
  const waiting = new Map(iterators.map((_, at) => [at, next(at)]));
  try {
    while (waiting.size > 0) {
      const { at, result } = await Promise.race(waiting.values());
      if (result.done) waiting.delete(at);
      else {
        yield result.value;
        waiting.set(at, next(at));
      }
    }
  } finally {
    for (const iterator of iterators) void iterator.return?.();
  }
}

/** Records of the event logs, and new ones as they are written. */
export const recordSource = (pool: ControllerPool): CimSource => ({
  list: (hint, context) =>
    eachController(pool, 'LogName', hint, context, async function* (controller) {
      for await (const [, instance] of listRecords(pool, controller, null, context.signal)) yield instance;
    }),
  watch: (context: OperationContext) =>
    merged(pool.controllers().map((controller) => watchController(pool, controller, context.signal))),
});

/** The event logs themselves. */
export const logSource = (pool: ControllerPool): CimSource => ({
  list: (hint, context) =>
    eachController(pool, 'InstanceID', hint, context, async function* (controller) {
      const info = await pool.use(controller, (transport) => eventLogInfo(transport, context.signal), context.signal);
      yield instanceOf('RecordLog', {
        InstanceID: controller.name,
        Name: controller.name,
        ElementName: `System event log of ${controller.name}`,
        CurrentNumberOfRecords: info.entries,
        MaxNumberOfRecords: info.free === 0xffff ? null : info.entries + Math.floor(info.free / recordSize),
        OverwritePolicy: 7,
        EnabledState: 2,
        HealthState: info.overflow ? 10 : 5,
        OperationalStatus: [info.overflow ? 3 : 2],
        Overflow: info.overflow,
      });
    }),
  invoke: (_method, instance, _input, context) =>
    act(pool, controllerNamed(pool, instance?.values.InstanceID), context, (transport) =>
      eraseEventLog(transport, context.signal),
    ),
});
