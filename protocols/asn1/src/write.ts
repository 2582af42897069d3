import { encodeTime } from './generalized-time.ts';
import { encodeOid } from './object-identifier.ts';
import { context, tag as tags } from './tag.ts';

/** One element: tag, shortest length, and the parts joined as its content. Parts that are null are left out. */
export function element(tag: number, ...parts: readonly (Uint8Array | null | undefined)[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part?.length ?? 0;
  const header = [tag];
  if (length < 0x80) header.push(length);
  else {
    const octets: number[] = [];
    for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
    header.push(0x80 | octets.length, ...octets);
  }
  const bytes = new Uint8Array(header.length + length);
  bytes.set(header);
  let at = header.length;
  for (const part of parts) {
    if (!part) continue;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** SEQUENCE and SEQUENCE OF. Parts that are null are left out. */
export const sequence = (...parts: readonly (Uint8Array | null | undefined)[]): Uint8Array =>
  element(tags.sequence, ...parts);

/** `[n]` EXPLICIT; null if there is nothing to wrap (an OPTIONAL that is not there). */
export function explicit(n: number, part: Uint8Array): Uint8Array;
export function explicit(n: number, part: Uint8Array | null | undefined): Uint8Array | null;
export function explicit(n: number, part: Uint8Array | null | undefined): Uint8Array | null {
  return part ? element(context(n), part) : null;
}

function integerOctets(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number below 2^53`);
  const octets: number[] = [];
  let left = value;
  do {
    const octet = ((left % 256) + 256) % 256;
    octets.unshift(octet);
    left = (left - octet) / 256;
  } while (!((left === 0 && octets[0]! < 0x80) || (left === -1 && octets[0]! >= 0x80)));
  return Uint8Array.from(octets);
}

/** An INTEGER: a whole number below 2^53 in size. */
export const integer = (value: number): Uint8Array => element(tags.integer, integerOctets(value));
export const enumerated = (value: number): Uint8Array => element(tags.enumerated, integerOctets(value));
export const boolean = (value: boolean): Uint8Array => element(tags.boolean, Uint8Array.of(value ? 0xff : 0));
export const octetString = (bytes: Uint8Array): Uint8Array => element(tags.octetString, bytes);
export const objectIdentifier = (text: string): Uint8Array => element(tags.objectIdentifier, encodeOid(text));
/** A BIT STRING of whole octets. */
export const bitString = (bytes: Uint8Array): Uint8Array => element(tags.bitString, Uint8Array.of(0), bytes);
/** 32 flags as a BIT STRING, bit 0 highest (RFC 4120 §5.2.8: never fewer than 32). */
export const flags = (value: number): Uint8Array =>
  bitString(Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255));
/** Text of one of the string types, as UTF-8. */
export const text = (tag: number, value: string): Uint8Array => element(tag, Buffer.from(value, 'utf8'));
/** A GeneralizedTime of ms since 1970, cut to seconds. */
export const time = (value: number): Uint8Array => text(tags.generalizedTime, encodeTime(value));
