import type { CimInstance, CimValue } from '@atelier/cim';
import {
  type RawReading,
  type SensorRecord,
  scaleReading,
  sensorHealth,
  sensorKindName,
  unitName,
} from '@atelier/ipmi';
import type { CimSource } from '@atelier/plugin-kit';
import { readSensor } from '../bmc/index.ts';
import type { Controller, ControllerPool } from './controller-pool.ts';
import { deviceKeys, eachController, instanceOf } from './each-controller.ts';

/** CIM's SensorType by IPMI's; 1 is "other" (CIM_Sensor.SensorType). */
const types: Readonly<Record<number, number>> = { 1: 2, 2: 3, 3: 4, 4: 5, 10: 5 };
/** CIM's BaseUnits by IPMI's (CIM_NumericSensor.BaseUnits). */
const units: Readonly<Record<number, number>> = {
  1: 2,
  2: 3,
  3: 4,
  4: 5,
  5: 6,
  6: 7,
  7: 8,
  8: 9,
  9: 10,
  18: 19,
  19: 20,
};
const other = 1;
/** Readings are integers on the wire: thousandths keep what IPMI can tell. */
const modifier = -3;

const healthOf = {
  unavailable: [0, 'Unavailable'],
  ok: [5, 'Normal'],
  'non-critical': [10, 'Non-critical'],
  critical: [25, 'Critical'],
  fatal: [30, 'Fatal'],
} as const;

const thresholdNames = [
  ['LowerThresholdNonCritical', 'lowerNonCritical', 0],
  ['UpperThresholdNonCritical', 'upperNonCritical', 1],
  ['LowerThresholdCritical', 'lowerCritical', 2],
  ['UpperThresholdCritical', 'upperCritical', 3],
  ['LowerThresholdFatal', 'lowerFatal', 4],
  ['UpperThresholdFatal', 'upperFatal', 5],
] as const;

const isNumeric = (sensor: SensorRecord): boolean => sensor.scale !== null && sensor.scale.format !== 'none';

function common(
  controller: Controller,
  sensor: SensorRecord,
  className: string,
  reading: RawReading,
): Readonly<Record<string, CimValue>> {
  const [health, state] = healthOf[sensorHealth(sensor, reading)];
  const type = types[sensor.sensorType] ?? other;
  return {
    ...deviceKeys(controller, className, `${sensor.owner}.${sensor.lun}.${sensor.number}`),
    ElementName: sensor.name,
    Caption: sensor.name,
    Description: `${sensorKindName(sensor.sensorType)} sensor`,
    HealthState: health,
    OperationalStatus: [health === 5 ? 2 : health === 0 ? 0 : 3],
    EnabledState: reading.value === null ? 3 : 2,
    SensorType: type,
    OtherSensorTypeDescription: type === other ? sensorKindName(sensor.sensorType) : null,
    CurrentState: state,
    PossibleStates: isNumeric(sensor) ? Object.values(healthOf).map(([, word]) => word) : null,
  };
}

function numeric(sensor: SensorRecord, reading: RawReading): Readonly<Record<string, CimValue>> {
  const scaled = (raw: number | null | undefined): number | null => {
    const value = raw === null || raw === undefined ? null : scaleReading(raw, sensor.scale);
    return value === null ? null : Math.round(value * 10 ** -modifier);
  };
  const known = thresholdNames.filter(([, name]) => sensor.thresholds[name] !== undefined);
  return {
    BaseUnits: sensor.percentage ? 65 : (units[sensor.baseUnit] ?? other),
    UnitModifier: modifier,
    RateUnits: 0,
    CurrentReading: scaled(reading.value),
    NominalReading: scaled(sensor.nominal),
    MaxReadable: scaled(sensor.maximum),
    MinReadable: scaled(sensor.minimum),
    ...Object.fromEntries(known.map(([property, name]) => [property, scaled(sensor.thresholds[name])])),
    SupportedThresholds: known.map(([, , number]) => number),
    EnabledThresholds: known.map(([, , number]) => number),
    Description: `${sensorKindName(sensor.sensorType)} in ${sensor.percentage ? '%' : unitName(sensor.baseUnit)}`,
  };
}

async function* listSensors(
  pool: ControllerPool,
  controller: Controller,
  wantNumeric: boolean,
  signal: AbortSignal,
): AsyncIterable<CimInstance> {
  const className = wantNumeric ? 'NumericSensor' : 'Sensor';
  const { sensors } = await pool.sensors(controller, signal);
  for (const sensor of sensors.filter((one) => isNumeric(one) === wantNumeric)) {
    const reading = await pool.use(controller, (transport) => readSensor(transport, sensor, signal), signal);
    const values = common(controller, sensor, className, reading);
    yield instanceOf(className, wantNumeric ? { ...values, ...numeric(sensor, reading) } : values);
  }
}

/** Sensors that measure, or those that have states only. */
export const sensorSource = (pool: ControllerPool, wantNumeric: boolean): CimSource => ({
  list: (hint, context) =>
    eachController(pool, 'SystemName', hint, context, (controller) =>
      listSensors(pool, controller, wantNumeric, context.signal),
    ),
});
