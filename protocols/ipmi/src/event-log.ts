import { atLeast } from './bytes.ts';
import type { IpmiCommand } from './lan-message.ts';

/** How full the system event log is (IPMI 2.0 §31.2). */
export interface EventLogInfo {
  readonly entries: number;
  /** Bytes that are free; 0xffff means "that or more". */
  readonly free: number;
  /** Seconds since 1970 by the controller's clock; 0xffffffff when it is not set. */
  readonly lastAddition: number;
  readonly lastErase: number;
  readonly overflow: boolean;
}

/** One record of the log (§32.1). */
export interface EventLogRecord {
  readonly recordId: number;
  /** 0x02 for the standard kind; others are a maker's own, and have `data` only. */
  readonly recordType: number;
  /** Seconds since 1970; below 0x20000000 it counts from the controller's start. null for records without time. */
  readonly timestamp: number | null;
  readonly generator: number | null;
  readonly sensorType: number | null;
  readonly sensorNumber: number | null;
  readonly eventType: number | null;
  /** false when the condition has gone. */
  readonly asserted: boolean | null;
  /** The record's own bytes: three of event data, or all that a maker wrote. */
  readonly data: Uint8Array;
}

const storage = 0x0a;
const none = new Uint8Array();

export const getEventLogInfo: IpmiCommand = { netFn: storage, command: 0x40, data: none };
export const reserveEventLog: IpmiCommand = { netFn: storage, command: 0x42, data: none };

/** First and last record by their special numbers. */
export const firstRecord = 0x0000;
export const lastRecord = 0xffff;

/** Get SEL Entry (§31.5), the whole record. */
export function getEventLogEntry(recordId: number): IpmiCommand {
  const data = Buffer.from([0, 0, 0, 0, 0, 0xff]);
  data.writeUInt16LE(recordId, 2);
  return { netFn: storage, command: 0x43, data };
}

/** Clear SEL (§31.9): `start` begins, without it the answer tells whether the erasure is done. */
export function clearEventLog(reservation: number, start: boolean): IpmiCommand {
  const data = Buffer.from([0, 0, 0x43, 0x4c, 0x52, start ? 0xaa : 0x00]);
  data.writeUInt16LE(reservation, 0);
  return { netFn: storage, command: 0x47, data };
}

export const readReservation = (data: Uint8Array): number => atLeast(data, 2, 'a reservation').readUInt16LE(0);
export const readErasureDone = (data: Uint8Array): boolean => (atLeast(data, 1, 'Clear SEL')[0]! & 0x0f) === 1;

export function readEventLogInfo(data: Uint8Array): EventLogInfo {
  const bytes = atLeast(data, 14, 'Get SEL Info');
  return {
    entries: bytes.readUInt16LE(1),
    free: bytes.readUInt16LE(3),
    lastAddition: bytes.readUInt32LE(5),
    lastErase: bytes.readUInt32LE(9),
    overflow: (bytes[13]! & 0x80) !== 0,
  };
}

/** Reads the answer of Get SEL Entry: the record and the number of the one behind it, `lastRecord` for none. */
export function readEventLogEntry(data: Uint8Array): { readonly next: number; readonly record: EventLogRecord } {
  const bytes = atLeast(data, 18, 'a record of the event log');
  return { next: bytes.readUInt16LE(0), record: readRecord(bytes.subarray(2, 18)) };
}

function readRecord(bytes: Buffer): EventLogRecord {
  const recordType = bytes[2]!;
  const head = { recordId: bytes.readUInt16LE(0), recordType };
  const unknown = { generator: null, sensorType: null, sensorNumber: null, eventType: null, asserted: null };
  // From 0xe0 on the maker has all 13 bytes; between, the first four are still the time.
  if (recordType >= 0xe0) return { ...head, ...unknown, timestamp: null, data: bytes.subarray(3) };
  const timestamp = bytes.readUInt32LE(3);
  if (recordType !== 0x02) return { ...head, ...unknown, timestamp, data: bytes.subarray(7) };
  return {
    ...head,
    timestamp,
    generator: bytes.readUInt16LE(7),
    sensorType: bytes[10]!,
    sensorNumber: bytes[11]!,
    eventType: bytes[12]! & 0x7f,
    asserted: (bytes[12]! & 0x80) === 0,
    data: bytes.subarray(13, 16),
  };
}
