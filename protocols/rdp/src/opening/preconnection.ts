import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { rdpLimits } from '../limits.ts';
import { RdpError } from '../rdp-error.ts';

/** What a client says before anything else ([MS-RDPEPS] 2.2.1): which source or ticket it wants. */
export interface Preconnection {
  readonly version: 1 | 2;
  readonly id: number;
  /** Text of version 2, null in version 1. */
  readonly blob: string | null;
}

/**
 * The length of the PDU at the front of `bytes`, null while that is not yet known. Only `cbSize` tells it: clients pad.
 * Throws when it cannot be one.
 */
export function preconnectionLength(bytes: Uint8Array): number | null {
  if (bytes.length < 4) return null;
  const length = new ByteReader(bytes, 'the preconnection PDU').u32();
  if (length < 16) throw new RdpError('malformed', `a preconnection PDU of ${length} bytes is too short`);
  if (length > rdpLimits.preconnection)
    throw new RdpError('limits', `a preconnection PDU of ${length} bytes is longer than ${rdpLimits.preconnection}`);
  return length;
}

/** Reads the PDU at the front of `bytes`. Throws `RdpError`. */
export function readPreconnection(bytes: Uint8Array): Preconnection {
  const length = preconnectionLength(bytes);
  const reader = new ByteReader(bytes, 'the preconnection PDU').part(length ?? bytes.length + 1);
  reader.skip(4);
  reader.skip(4); // Flags: "must be set to zero", and ignored.
  const version = reader.u32();
  if (version !== 1 && version !== 2) throw reader.wrong(`version ${version} is unknown`);
  const id = reader.u32();
  if (version === 1) return { version, id, blob: null };
  return { version, id, blob: reader.utf16(reader.u16() * 2) };
}

/** Writes the PDU ([MS-RDPEPS] 2.2.1.1, 2.2.1.2); version 2 where there is a blob. */
export function writePreconnection(preconnection: Omit<Preconnection, 'version'>): Buffer {
  const { id, blob } = preconnection;
  const body = new ByteWriter().u32(0, blob === null ? 1 : 2, id);
  if (blob !== null) body.u16(blob.length + 1).utf16(`${blob}\0`);
  return new ByteWriter()
    .u32(body.length + 4)
    .bytes(body.done())
    .done();
}
