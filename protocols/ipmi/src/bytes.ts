import { IpmiError } from './ipmi-error.ts';

/** `bytes` as a Buffer of at least `length`; throws "malformed" naming `what` when it is shorter. */
export function atLeast(bytes: Uint8Array, length: number, what: string): Buffer {
  if (bytes.length < length) throw new IpmiError('malformed', `${what} is cut short`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const bcdPlus = '0123456789 -.:,_';

/**
 * Text behind a type/length byte (IPMI 2.0 §43.15, FRU §13): BCD plus, packed 6-bit ASCII or 8-bit text; binary is given in hexadecimal.
 * Trailing blanks and zero bytes are cut.
 */
export function readTypedText(type: number, bytes: Uint8Array): string {
  const text = decode(type, bytes);
  return text.replace(/[\s\0]+$/, '');
}

function decode(type: number, bytes: Uint8Array): string {
  switch (type) {
    case 0:
      return Buffer.from(bytes).toString('hex');
    case 1:
      return Array.from(bytes, (byte) => `${bcdPlus[byte >> 4]}${bcdPlus[byte & 15]}`).join('');
    case 2:
      return sixBit(bytes);
    default:
      return Buffer.from(bytes).toString('latin1');
  }
}

function sixBit(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held |= byte << bits;
    bits += 8;
    while (bits >= 6) {
      text += String.fromCharCode(0x20 + (held & 0x3f));
      held >>= 6;
      bits -= 6;
    }
  }
  return text;
}
