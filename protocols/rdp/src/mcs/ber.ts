import type { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';

// MCS Connect is BER, not DER: clients write lengths longer than needed, and the tag has two octets. So @atelier/asn1 does not fit.

/** The length of a BER element (X.690 §8.1.3); indefinite lengths are refused. */
export function readBerLength(reader: ByteReader): number {
  const first = reader.u8();
  if (first < 0x80) return first;
  if (first === 0x81) return reader.u8();
  if (first === 0x82) return reader.u16be();
  throw reader.wrong('a BER length is longer than two octets');
}

/** The content of the next element, whose tag must be `tag` (one octet). */
export function readBer(reader: ByteReader, tag: number): ByteReader {
  if (reader.u8() !== tag) throw reader.wrong(`no element with tag ${tag} stands here`);
  return reader.part(readBerLength(reader));
}

/** An element with a tag of one or two octets. */
export function ber(tag: number, content: Uint8Array): Buffer {
  const writer = tag > 0xff ? new ByteWriter().u16be(tag) : new ByteWriter().u8(tag);
  if (content.length < 0x80) writer.u8(content.length);
  else writer.u8(0x82).u16be(content.length);
  return writer.bytes(content).done();
}

/** INTEGER of up to 31 bits in its shortest form. */
export function berInteger(value: number): Buffer {
  const octets = [value & 0xff];
  for (let left = value; left > 0x7f; left >>= 8) octets.unshift((left >> 8) & 0xff);
  return ber(2, Uint8Array.from(octets));
}
