import { type Libc, linux } from './libc.ts';

/** A `sockaddr_in` or `sockaddr_in6`. */
export interface SocketAddress {
  readonly family: number;
  readonly bytes: Buffer;
  /** Where the bytes lie, as long as this is kept. */
  readonly pointer: bigint;
}

const familyAt = 0;
const portAt = 2;
const inetBytes = 16;
const inet6Bytes = 28;
/** The most of both, with room for a text. */
const textBytes = 64n;

/** The same targets are dialled again and again. */
const known = new Map<string, SocketAddress>();
const mostKnown = 1000;

/** For an IP address in text, with its zone when it has one. @throws Error when it is none */
export function socketAddress(libc: Libc, ip: string, port: number): SocketAddress {
  const key = `${ip} ${port}`;
  const found = known.get(key);
  if (found) return found;
  const made = makeSocketAddress(libc, ip, port);
  if (known.size >= mostKnown) known.delete(known.keys().next().value!);
  known.set(key, made);
  return made;
}

function makeSocketAddress({ addressOf, calls }: Libc, ip: string, port: number): SocketAddress {
  const isV6 = ip.includes(':');
  const bytes = Buffer.allocUnsafeSlow(isV6 ? inet6Bytes : inetBytes);
  if ((isV6 ? calls.uv_ip6_addr : calls.uv_ip4_addr)(ip, port, bytes) !== 0) throw new Error(`${ip} is no ip address`);
  return { family: isV6 ? linux.inet6 : linux.inet, bytes, pointer: addressOf(bytes) };
}

export const portOf = (address: Buffer): number => address.readUInt16BE(portAt);

/** The IP address that a socket address holds, as text. */
export function ipOf({ calls }: Libc, address: Buffer): string {
  if (address.readUInt16LE(familyAt) === linux.inet) return `${address[4]}.${address[5]}.${address[6]}.${address[7]}`;
  const text = Buffer.alloc(Number(textBytes));
  if (calls.uv_ip_name(address, text, textBytes) !== 0) return '';
  return text.toString('latin1', 0, text.indexOf(0));
}
