import { join, plainBytes } from '../crypto/hashes.ts';
import { SpnegoError } from '../spnego-error.ts';

/** Flags of GSS-API (RFC 4121 §4.1.1.1, RFC 4757). */
export const gssFlag = {
  delegation: 1,
  mutual: 2,
  replay: 4,
  sequence: 8,
  confidentiality: 16,
  integrity: 32,
  dceStyle: 0x1000,
} as const;

/** Number of this checksum type. */
export const gssChecksumType = 0x8003;

/** What the authenticator's checksum field carries (RFC 4121 §4.1.1). */
export interface GssChecksum {
  /** MD5 of the channel bindings, 16 bytes; zeros if there are none. */
  readonly bindings: Uint8Array;
  readonly flags: number;
  /** A KRB-CRED, if the client delegates. */
  readonly delegated: Uint8Array | null;
}

export function parseGssChecksum(bytes: Uint8Array): GssChecksum {
  const value = plainBytes(bytes);
  const malformed = () => new SpnegoError('spnego.malformed', 'the checksum of a kerberos logon is malformed');
  if (value.length < 24) throw malformed();
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (view.getUint32(0, true) !== 16) throw malformed();
  const flags = view.getUint32(20, true);
  const bindings = value.subarray(4, 20);
  if (!(flags & gssFlag.delegation)) return { bindings, flags, delegated: null };
  if (value.length < 28 || view.getUint16(24, true) !== 1) throw malformed();
  const length = view.getUint16(26, true);
  if (value.length < 28 + length) throw malformed();
  return { bindings, flags, delegated: value.slice(28, 28 + length) };
}

export function encodeGssChecksum(bindings: Uint8Array, flags: number): Uint8Array {
  const numbers = new Uint8Array(4);
  new DataView(numbers.buffer).setUint32(0, flags, true);
  return join(Uint8Array.of(16, 0, 0, 0), bindings, numbers);
}
