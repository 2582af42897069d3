import { atLeast } from './bytes.ts';
import type { IpmiCommand } from './lan-message.ts';

const storage = 0x0a;

export const getSdrInfo: IpmiCommand = { netFn: storage, command: 0x20, data: new Uint8Array() };
export const reserveSdr: IpmiCommand = { netFn: storage, command: 0x22, data: new Uint8Array() };

/** When the repository changed last: what is kept of it stays true while these stay the same (IPMI 2.0 §33.9). */
export interface SdrInfo {
  readonly records: number;
  readonly lastAddition: number;
  readonly lastErase: number;
}

export function readSdrInfo(data: Uint8Array): SdrInfo {
  const bytes = atLeast(data, 13, 'Get SDR Repository Info');
  return { records: bytes.readUInt16LE(1), lastAddition: bytes.readUInt32LE(5), lastErase: bytes.readUInt32LE(9) };
}

/** Get SDR (§33.12): `count` bytes of a record from `offset` on. */
export function getSdr(reservation: number, recordId: number, offset: number, count: number): IpmiCommand {
  const data = Buffer.alloc(6);
  data.writeUInt16LE(reservation, 0);
  data.writeUInt16LE(recordId, 2);
  data[4] = offset;
  data[5] = count;
  return { netFn: storage, command: 0x23, data };
}

export function readSdrPart(data: Uint8Array): { readonly next: number; readonly part: Uint8Array } {
  const bytes = atLeast(data, 2, 'Get SDR');
  return { next: bytes.readUInt16LE(0), part: bytes.subarray(2) };
}
