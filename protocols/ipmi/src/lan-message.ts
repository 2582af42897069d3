import { IpmiError } from './ipmi-error.ts';

/** A command to a management controller, or its answer without the completion code. */
export interface IpmiCommand {
  /** Network function, even, e.g. 0x06 for application commands. */
  readonly netFn: number;
  readonly command: number;
  readonly data: Uint8Array;
  /** Logical unit of the controller; 0 unless a sensor's owner says otherwise. */
  readonly lun?: number;
}

/** An answer as it comes from the controller. */
export interface IpmiResponse {
  readonly netFn: number;
  readonly command: number;
  /** The request's sequence number, 0–63. */
  readonly sequence: number;
  readonly completionCode: number;
  readonly data: Uint8Array;
}

const controller = 0x20;
const software = 0x81;

const checksum = (bytes: Uint8Array, from: number, to: number): number => {
  let sum = 0;
  for (let at = from; at < to; at++) sum += bytes[at]!;
  return -sum & 0xff;
};

/** An IPMI LAN request message (IPMI 2.0 §13.8) with its two checksums. `sequence` is 0–63. */
export function writeLanRequest(request: IpmiCommand, sequence: number): Uint8Array {
  const bytes = new Uint8Array(7 + request.data.length);
  bytes[0] = controller;
  bytes[1] = (request.netFn << 2) | (request.lun ?? 0);
  bytes[2] = checksum(bytes, 0, 2);
  bytes[3] = software;
  bytes[4] = (sequence & 0x3f) << 2;
  bytes[5] = request.command;
  bytes.set(request.data, 6);
  bytes[bytes.length - 1] = checksum(bytes, 3, bytes.length - 1);
  return bytes;
}

/** Reads an answer; throws `IpmiError` "malformed" when a checksum or the length is wrong. */
export function readLanResponse(bytes: Uint8Array): IpmiResponse {
  if (bytes.length < 8) throw new IpmiError('malformed', 'the answer is shorter than an IPMI message');
  if (checksum(bytes, 0, 3) !== 0 || checksum(bytes, 3, bytes.length) !== 0)
    throw new IpmiError('malformed', 'the answer has a wrong checksum');
  return {
    netFn: bytes[1]! >> 2,
    sequence: bytes[4]! >> 2,
    command: bytes[5]!,
    completionCode: bytes[6]!,
    data: bytes.subarray(7, bytes.length - 1),
  };
}
