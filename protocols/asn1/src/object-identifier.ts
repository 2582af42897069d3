import { Asn1Error } from './asn1-error.ts';

const wrong = (why: string) => new Asn1Error('asn1.malformed', `an object identifier ${why}`);

/** `1.3.6.1.5.5.2` from the content octets (X.690 §8.19). Arcs stay below 2^53, 64 arcs at most. */
export function decodeOid(content: Uint8Array): string {
  const arcs: number[] = [];
  let value = 0;
  let fresh = true;
  for (const octet of content) {
    if (fresh && octet === 0x80) throw wrong('is not in its shortest form');
    value = value * 128 + (octet & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) throw wrong('has an arc above 2^53');
    fresh = octet < 0x80;
    if (!fresh) continue;
    if (arcs.length === 0) {
      const root = Math.min(2, Math.floor(value / 40));
      arcs.push(root, value - root * 40);
    } else arcs.push(value);
    if (arcs.length > 64) throw new Asn1Error('asn1.limits', 'an object identifier has more than 64 arcs');
    value = 0;
  }
  if (arcs.length === 0 || !fresh) throw wrong('is cut off');
  return arcs.join('.');
}

/** The content octets of `1.3.6.1.5.5.2`. Throws a RangeError for anything else than such a text. */
export function encodeOid(text: string): Uint8Array {
  const arcs = text.split('.').map(Number);
  const [root, second, ...rest] = arcs;
  if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(text) || !arcs.every(Number.isSafeInteger) || (root! < 2 && second! > 39))
    throw new RangeError(`${text} is not an object identifier`);
  const octets: number[] = [];
  for (const arc of [root! * 40 + second!, ...rest]) {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left % 128) | 0x80);
    octets.push(...digits);
  }
  return Uint8Array.from(octets);
}
