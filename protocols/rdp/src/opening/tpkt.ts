import { rdpLimits } from '../limits.ts';
import { RdpError } from '../rdp-error.ts';

/** Wraps a payload for the stream (RFC 1006 §6, `TPKT`): version 3 and the total length. */
export function writeTpkt(payload: Uint8Array): Buffer {
  const length = payload.length + 4;
  if (length > 0xffff) throw new RdpError('limits', `a message of ${length} bytes does not fit into a TPKT`);
  const bytes = Buffer.alloc(length);
  bytes[0] = 3;
  bytes.writeUInt16BE(length, 2);
  bytes.set(payload, 4);
  return bytes;
}

/** The total length of the TPKT at the front of `bytes`, null while fewer than 4 bytes are there. Throws when it is none or too long. */
export function tpktLength(bytes: Uint8Array, limit: number = rdpLimits.message): number | null {
  if (bytes.length > 0 && bytes[0] !== 3) throw new RdpError('malformed', 'this is no TPKT: its version is not 3');
  if (bytes.length < 4) return null;
  const length = (bytes[2]! << 8) | bytes[3]!;
  if (length < 7) throw new RdpError('malformed', `a TPKT of ${length} bytes has no content`);
  if (length > limit) throw new RdpError('limits', `a TPKT of ${length} bytes is longer than ${limit}`);
  return length;
}
