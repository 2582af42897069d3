import {
  type FruLocator,
  getSdr,
  getSdrInfo,
  getSensorReading,
  IpmiError,
  type RawReading,
  readReservation,
  readSdrInfo,
  readSdrPart,
  readSdrRecord,
  readSensorReading,
  reserveSdr,
  type SdrInfo,
  type SdrRecord,
  type SensorRecord,
} from '@atelier/ipmi';
import { ask, type IpmiTransport } from './ipmi-transport.ts';

const lastRecord = 0xffff;
/** More than any machine has; a controller that goes in circles is stopped here. */
const mostRecords = 4096;
const cancelled = 0xc5;
const tooMany = 0xca;

const isCompletion = (error: unknown, code: number): boolean =>
  error instanceof IpmiError && error.completionCode === code;

export const sdrInfo = async (transport: IpmiTransport, signal?: AbortSignal): Promise<SdrInfo> =>
  readSdrInfo(await ask(transport, getSdrInfo, 'asking for the sensor records', signal));

/**
 * Every record of the sensor data repository, in its order. Records that cannot be read are left out. A reservation that is lost on the way is
 * renewed; controllers that cannot give many bytes at once are asked for fewer.
 */
export async function* readSdr(transport: IpmiTransport, signal?: AbortSignal): AsyncIterable<SdrRecord> {
  let partSize = 32;
  let next = 0;
  for (let count = 0; next !== lastRecord && count < mostRecords; count++) {
    const read = async (): Promise<{ next: number; bytes: Uint8Array }> => {
      const reservation = readReservation(await ask(transport, reserveSdr, 'reserving the sensor records', signal));
      const part = async (offset: number, size: number) =>
        readSdrPart(await ask(transport, getSdr(reservation, next, offset, size), 'reading a sensor record', signal));
      const head = await part(0, 5);
      if (head.part.length < 5) throw new IpmiError('malformed', 'a sensor record has no header');
      const whole = 5 + head.part[4]!;
      const parts = [head.part];
      for (let at = 5; at < whole; ) {
        const piece = (await part(at, Math.min(partSize, whole - at))).part;
        if (piece.length === 0) throw new IpmiError('malformed', 'a sensor record ends early');
        parts.push(piece);
        at += piece.length;
      }
      return { next: head.next, bytes: Buffer.concat(parts) };
    };
    const record = await retried(read, () => {
      partSize = Math.max(8, partSize >> 1);
    });
    next = record.next;
    const value = readable(record.bytes);
    if (value) yield value;
  }
}

async function retried<T>(read: () => Promise<T>, smaller: () => void): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt >= 5) throw error;
      if (isCompletion(error, tooMany)) smaller();
      else if (!isCompletion(error, cancelled)) throw error;
    }
  }
}

function readable(bytes: Uint8Array): SdrRecord | null {
  try {
    return readSdrRecord(bytes);
  } catch {
    return null;
  }
}

/** What a machine has: its sensors, and the places that describe its parts. */
export interface SensorInventory {
  readonly info: SdrInfo;
  readonly sensors: readonly SensorRecord[];
  readonly frus: readonly FruLocator[];
}

/** Reads the whole repository once. It changes hardly ever: keep it while `info` stays the same. */
export async function readSensorInventory(transport: IpmiTransport, signal?: AbortSignal): Promise<SensorInventory> {
  const info = await sdrInfo(transport, signal);
  const sensors: SensorRecord[] = [];
  const frus: FruLocator[] = [];
  for await (const record of readSdr(transport, signal)) {
    if (record.kind === 'sensor') sensors.push(record);
    if (record.kind === 'fru') frus.push(record);
  }
  return { info, sensors, frus };
}

/** A sensor's reading now; a sensor that is not there at the moment has none. */
export async function readSensor(
  transport: IpmiTransport,
  sensor: SensorRecord,
  signal?: AbortSignal,
): Promise<RawReading> {
  const { completionCode, data } = await transport.send(getSensorReading(sensor), signal);
  return completionCode === 0 ? readSensorReading(data) : { value: null, states: 0 };
}
