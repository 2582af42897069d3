import type { EventLogRecord } from '@atelier/ipmi';
import { expect, it } from 'vitest';
import { priorityOf } from './record-severity.ts';

const record = (
  sensorType: number | null,
  eventType: number | null,
  offset: number,
  asserted = true,
): EventLogRecord => ({
  recordId: 1,
  recordType: 2,
  timestamp: 1_700_000_000,
  generator: 0x20,
  sensorType,
  sensorNumber: 1,
  eventType,
  asserted,
  data: Uint8Array.of(0x50 | offset, 0, 0),
});

it.each([
  ['Upper Non-critical going high', record(1, 1, 7), 4],
  ['Upper Critical going high', record(1, 1, 9), 3],
  ['Upper Non-recoverable going high', record(1, 1, 11), 2],
  ['Upper Critical, gone', record(1, 1, 9, false), 6],
  ['Uncorrectable ECC', record(12, 0x6f, 1), 3],
  ['Correctable ECC', record(12, 0x6f, 0), 4],
  ['memory that is there', record(12, 0x6f, 6), 6],
  ['Drive Fault', record(13, 0x6f, 1), 3],
  ['log cleared', record(16, 0x6f, 2), 6],
  ['Transition to Critical', record(4, 7, 2), 3],
  ['a record of a maker', record(null, null, 0), 6],
] as const)('%s has its priority', (_what, one, priority) => {
  expect(priorityOf(one)).toBe(priority);
});
