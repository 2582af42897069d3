import { atLeast } from './bytes.ts';
import type { IpmiCommand } from './lan-message.ts';
import type { SensorRecord, SensorScale } from './sensor-record.ts';

/** A reading as the controller gives it (IPMI 2.0 §35.14). */
export interface RawReading {
  /** null while the sensor has no reading, e.g. when the machine is off. */
  readonly value: number | null;
  /** State bits: threshold comparisons for thresholds, offsets for the others. */
  readonly states: number;
}

export const getSensorReading = (sensor: SensorRecord): IpmiCommand => ({
  netFn: 0x04,
  command: 0x2d,
  lun: sensor.lun,
  data: Uint8Array.of(sensor.number),
});

export function readSensorReading(data: Uint8Array): RawReading {
  const bytes = atLeast(data, 2, 'Get Sensor Reading');
  const unavailable = (bytes[1]! & 0x20) !== 0 || (bytes[1]! & 0x40) === 0;
  return {
    value: unavailable ? null : bytes[0]!,
    states: unavailable ? 0 : (bytes[2] ?? 0) | (((bytes[3] ?? 0) & 0x7f) << 8),
  };
}

const linearizations: readonly ((x: number) => number)[] = [
  (x) => x,
  Math.log,
  Math.log10,
  Math.log2,
  Math.exp,
  (x) => 10 ** x,
  (x) => 2 ** x,
  (x) => 1 / x,
  (x) => x * x,
  (x) => x ** 3,
  Math.sqrt,
  Math.cbrt,
];

function interpret(raw: number, format: SensorScale['format']): number {
  if (format === 'unsigned' || raw < 0x80) return raw;
  return format === 'twos-complement' ? raw - 0x100 : raw - 0xff;
}

/**
 * The value of a raw byte: `L((M·x + B·10^K1) · 10^K2)` (§36.3). null when the sensor has no scale, or one that only the controller knows
 * (non-linear sensors).
 */
export function scaleReading(raw: number, scale: SensorScale | null): number | null {
  const linearize = scale && linearizations[scale.linearization];
  if (!linearize || scale.format === 'none') return null;
  const x = interpret(raw, scale.format);
  const value = linearize((scale.m * x + scale.b * 10 ** scale.bExponent) * 10 ** scale.resultExponent);
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

/** How a sensor with thresholds is doing. */
export type SensorHealth = 'unavailable' | 'ok' | 'non-critical' | 'critical' | 'fatal';

/** The worst of the thresholds that are passed. Sensors of states are `ok` when they can be read at all: their bits have no order. */
export function sensorHealth(sensor: SensorRecord, reading: RawReading): SensorHealth {
  if (reading.value === null) return 'unavailable';
  if (sensor.readingType !== 1) return 'ok';
  if (reading.states & 0x24) return 'fatal';
  if (reading.states & 0x12) return 'critical';
  return reading.states & 0x09 ? 'non-critical' : 'ok';
}
