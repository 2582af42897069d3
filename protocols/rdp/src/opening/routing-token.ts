import { RdpError } from '../rdp-error.ts';

/** Where a classic token points ([MS-RDPBCGR] 3.2.5.3.1): an IPv4 address and a port. Anybody can write one: never dial it unchecked. */
export interface TokenAddress {
  readonly address: string;
  readonly port: number;
}

const prefix = 'Cookie: msts=';

/** The text of a token (`Cookie: msts=…`, `tsv://…`), without CRLF; null when it is not printable ASCII. */
export function tokenText(token: Uint8Array): string | null {
  const text = Buffer.from(token).toString('latin1');
  return /^[\x20-\x7e]*$/.test(text) ? text : null;
}

/** What follows `Cookie: msts=`, null for any other token. An opaque token of a broker's own stands there as well as a classic one. */
export function mstsValue(token: Uint8Array): string | null {
  const text = tokenText(token);
  return text?.startsWith(prefix) ? text.slice(prefix.length) : null;
}

/** The bytes of `Cookie: msts=<value>`, without CRLF. Throws "limits" when the Connection Request could not hold it. */
export function writeMstsToken(value: string): Buffer {
  if (!/^[\x21-\x7e]+$/.test(value)) throw new RdpError('malformed', 'a routing token must be printable ASCII');
  // Length byte of X.224: 6 fixed, CRLF, and up to 8 + 36 of negotiation and correlation.
  if (value.length > 180) throw new RdpError('limits', `a routing token of ${value.length} characters is too long`);
  return Buffer.from(prefix + value, 'latin1');
}

/** The value of a classic token for an address: IPv4 as a little-endian number, the port with its bytes swapped. */
export function encodeClassicToken(to: TokenAddress): string {
  const parts = to.address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    throw new RdpError('malformed', 'a classic token takes an IPv4 address');
  const ip = Buffer.from(parts).readUInt32LE();
  return `${ip}.${swap(to.port)}.0000`;
}

/** The address in a classic value; null for any other text. */
export function decodeClassicToken(value: string): TokenAddress | null {
  const match = /^(\d{1,10})\.(\d{1,5})\.0000$/.exec(value);
  const ip = Number(match?.[1]);
  const port = Number(match?.[2]);
  if (!match || ip > 0xffffffff || port > 0xffff) return null;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(ip);
  return { address: bytes.join('.'), port: swap(port) };
}

const swap = (port: number): number => ((port & 0xff) << 8) | (port >> 8);
