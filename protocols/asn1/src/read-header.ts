import { Asn1Error } from './asn1-error.ts';

/** Where an element lies: its tag octet, where its content begins, and where it ends. */
export interface DerHeader {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The header of the element at `at`, or null if `bytes` stop before the header does. `end` may lie beyond `bytes`.
 * Only definite lengths in the shortest form, below 2^32, and tags in one octet (X.690 §10.1, §8.1.3).
 */
export function readHeader(bytes: Uint8Array, at: number): DerHeader | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined) return null;
  if ((tag & 0x1f) === 0x1f) throw new Asn1Error('asn1.malformed', 'a tag takes more than one octet');
  if (first === undefined) return null;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0) throw new Asn1Error('asn1.malformed', 'a length is indefinite');
  if (octets > 4) throw new Asn1Error('asn1.limits', `a length takes ${octets} octets`);
  if (at + 2 + octets > bytes.length) return null;
  let length = 0;
  for (let i = 0; i < octets; i++) length = length * 256 + (bytes[at + 2 + i] as number);
  if (length < 0x80 || length < 256 ** (octets - 1))
    throw new Asn1Error('asn1.malformed', 'a length is not in its shortest form');
  return { tag, start: at + 2 + octets, end: at + 2 + octets + length };
}

/**
 * How long the element at the beginning of `bytes` is, header included; null while too few bytes are there to tell.
 * For cutting messages out of a stream: compare with your own limit before you wait for more.
 */
export function derLength(bytes: Uint8Array): number | null {
  return readHeader(bytes, 0)?.end ?? null;
}
