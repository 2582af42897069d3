import { atLeast, readTypedText } from './bytes.ts';

/** How a raw reading becomes a value (IPMI 2.0 §36.3). */
export interface SensorScale {
  readonly m: number;
  readonly b: number;
  readonly bExponent: number;
  readonly resultExponent: number;
  readonly linearization: number;
  /** How the byte is to be read; `none` has no value but states only. */
  readonly format: 'unsigned' | 'ones-complement' | 'twos-complement' | 'none';
}

/** The six thresholds as raw bytes; absent where the sensor has none. */
export interface RawThresholds {
  readonly lowerNonCritical?: number;
  readonly lowerCritical?: number;
  readonly lowerFatal?: number;
  readonly upperNonCritical?: number;
  readonly upperCritical?: number;
  readonly upperFatal?: number;
}

/** A sensor as the sensor data repository describes it (§43.1, §43.2). */
export interface SensorRecord {
  readonly kind: 'sensor';
  readonly recordId: number;
  readonly owner: number;
  readonly lun: number;
  readonly number: number;
  readonly entity: number;
  readonly entityInstance: number;
  readonly sensorType: number;
  /** 1 for thresholds; others for states. */
  readonly readingType: number;
  readonly baseUnit: number;
  readonly percentage: boolean;
  /** null for a compact record: states only. */
  readonly scale: SensorScale | null;
  readonly nominal: number | null;
  readonly maximum: number | null;
  readonly minimum: number | null;
  readonly thresholds: RawThresholds;
  readonly name: string;
}

/** Where a FRU's data can be read (§43.8). */
export interface FruLocator {
  readonly kind: 'fru';
  readonly recordId: number;
  readonly fruId: number;
  /** A device behind the controller, which its FRU commands reach. */
  readonly logical: boolean;
  readonly name: string;
}

/** Any other record. */
export interface OtherRecord {
  readonly kind: 'other';
  readonly recordId: number;
  readonly type: number;
}

export type SdrRecord = SensorRecord | FruLocator | OtherRecord;

const signed = (value: number, bits: number): number => (value & (1 << (bits - 1)) ? value - (1 << bits) : value);

const formats = ['unsigned', 'ones-complement', 'twos-complement', 'none'] as const;

function nameAt(bytes: Buffer, at: number): string {
  const kind = bytes[at]!;
  return readTypedText(kind >> 6, bytes.subarray(at + 1, at + 1 + (kind & 0x1f)));
}

function readThresholds(bytes: Buffer): RawThresholds {
  const names = [
    ['lowerNonCritical', 41],
    ['lowerCritical', 40],
    ['lowerFatal', 39],
    ['upperNonCritical', 38],
    ['upperCritical', 37],
    ['upperFatal', 36],
  ] as const;
  const readable = bytes[18]!;
  return Object.fromEntries(names.flatMap(([name, at], bit) => (readable & (1 << bit) ? [[name, bytes[at]!]] : [])));
}

function readSensor(bytes: Buffer, full: boolean): SensorRecord {
  const flags = full ? bytes[30]! : 0;
  return {
    kind: 'sensor',
    recordId: bytes.readUInt16LE(0),
    owner: bytes[5]!,
    lun: bytes[6]! & 0x03,
    number: bytes[7]!,
    entity: bytes[8]!,
    entityInstance: bytes[9]!,
    sensorType: bytes[12]!,
    readingType: bytes[13]! & 0x7f,
    baseUnit: bytes[21]!,
    percentage: (bytes[20]! & 1) === 1,
    scale: full
      ? {
          m: signed(bytes[24]! | ((bytes[25]! & 0xc0) << 2), 10),
          b: signed(bytes[26]! | ((bytes[27]! & 0xc0) << 2), 10),
          resultExponent: signed(bytes[29]! >> 4, 4),
          bExponent: signed(bytes[29]! & 0x0f, 4),
          linearization: bytes[23]! & 0x7f,
          format: formats[bytes[20]! >> 6]!,
        }
      : null,
    nominal: flags & 1 ? bytes[31]! : null,
    maximum: full ? bytes[34]! : null,
    minimum: full ? bytes[35]! : null,
    thresholds: full && (bytes[13]! & 0x7f) === 1 ? readThresholds(bytes) : {},
    name: nameAt(bytes, full ? 47 : 31),
  };
}

/** Reads a whole record with its five bytes of header. Throws `IpmiError` "malformed" for one that is cut short. */
export function readSdrRecord(data: Uint8Array): SdrRecord {
  const bytes = atLeast(data, 5, 'a record of the sensor data repository');
  const type = bytes[3]!;
  switch (type) {
    case 0x01:
      return readSensor(atLeast(bytes, 48, 'a full sensor record'), true);
    case 0x02:
      return readSensor(atLeast(bytes, 32, 'a compact sensor record'), false);
    case 0x11:
      return {
        kind: 'fru',
        recordId: bytes.readUInt16LE(0),
        fruId: atLeast(bytes, 16, 'a FRU locator')[6]!,
        logical: (bytes[7]! & 0x80) !== 0,
        name: nameAt(bytes, 15),
      };
    default:
      return { kind: 'other', recordId: bytes.readUInt16LE(0), type };
  }
}
