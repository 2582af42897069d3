import type { EventLogRecord } from '@atelier/ipmi';

/** syslog's priorities. */
const critical = 2;
const error = 3;
const warning = 4;
const info = 6;

/** Offsets of thresholds (IPMI 2.0 table 42-2): non-critical, critical, non-recoverable, each low and high, going low and high. */
const thresholds = [
  warning,
  warning,
  error,
  error,
  critical,
  critical,
  warning,
  warning,
  error,
  error,
  critical,
  critical,
];
/** Generic type 7: the severity itself. */
const severities = [info, warning, error, critical, warning, error, critical, info, info];

/** States of sensor types (table 42-3) that are no warning: harmless ones, and those that lose data or service. */
const specific: Readonly<Record<number, { readonly info?: readonly number[]; readonly error?: readonly number[] }>> = {
  7: { info: [7, 9], error: [0, 1, 2, 3, 4, 6, 11] },
  8: { info: [0], error: [1, 3] },
  9: { info: [0, 1], error: [2, 3, 4, 5, 6] },
  12: { info: [6, 8], error: [1, 2, 10] },
  13: { info: [0, 3, 4], error: [1] },
  16: { info: [2] },
  35: { error: [1, 2, 3] },
};

/** How bad a record of the event log is, as syslog's priority: what has gone, and what makers write without telling what it is, is information. */
export function priorityOf({ eventType, sensorType, asserted, data }: EventLogRecord): number {
  if (eventType === null || sensorType === null || asserted === false) return info;
  const offset = data[0]! & 0x0f;
  if (eventType === 0x01) return thresholds[offset] ?? warning;
  if (eventType === 0x07) return severities[offset] ?? warning;
  if (eventType !== 0x6f) return eventType === 0x02 || eventType === 0x0a ? info : warning;
  const known = specific[sensorType];
  if (known?.error?.includes(offset)) return error;
  return known?.info?.includes(offset) || [0x12, 0x1d, 0x1f, 0x20, 0x22, 0x2a].includes(sensorType) ? info : warning;
}
