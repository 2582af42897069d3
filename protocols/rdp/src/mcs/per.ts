import type { ByteReader } from '../byte-reader.ts';
import { RdpError } from '../rdp-error.ts';

/** A length determinant of aligned PER (X.691 §10.9) as RDP uses it: one or two octets, 15 bits. */
export function readPerLength(reader: ByteReader): number {
  const first = reader.u8();
  return (first & 0x80) === 0 ? first : ((first & 0x7f) << 8) | reader.u8();
}

/** The same in two octets always, which clients take and which keeps offsets fixed. Throws "limits" from 16 KiB on. */
export function perLength(length: number): Buffer {
  if (length > 0x3fff) throw new RdpError('limits', `${length} bytes do not fit into one MCS message`);
  return Buffer.from([0x80 | (length >> 8), length & 0xff]);
}
