import { createCipheriv, createDecipheriv } from 'node:crypto';
import { type CipherSuite, hmac, sameBytes } from './cipher-suite.ts';
import { IpmiError } from './ipmi-error.ts';

/** What a packet carries (IPMI 2.0 §13.27.3). */
export const payloadTypes = {
  ipmi: 0x00,
  openSessionRequest: 0x10,
  openSessionResponse: 0x11,
  rakp1: 0x12,
  rakp2: 0x13,
  rakp3: 0x14,
  rakp4: 0x15,
} as const;

/** Keys of an open session. */
export interface SessionKeys {
  readonly suite: CipherSuite;
  /** Signs packets. */
  readonly k1: Uint8Array;
  /** Its first 16 bytes encrypt. */
  readonly k2: Uint8Array;
}

/** A packet as values. */
export interface SessionPacket {
  readonly payloadType: number;
  readonly sessionId: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

const rmcpHeader = [0x06, 0x00, 0xff, 0x07];
const rmcpPlus = 0x06;
const headerLength = 12;
/** Much more than any controller sends in one datagram. */
const longest = 2048;

function encrypt(payload: Uint8Array, k2: Uint8Array, iv: Uint8Array): Buffer {
  const padding = 15 - (payload.length % 16);
  const tail = Uint8Array.from({ length: padding + 1 }, (_, at) => (at < padding ? at + 1 : padding));
  const cipher = createCipheriv('aes-128-cbc', k2.subarray(0, 16), iv).setAutoPadding(false);
  return Buffer.concat([iv, cipher.update(payload), cipher.update(tail), cipher.final()]);
}

function decrypt(payload: Uint8Array, k2: Uint8Array): Uint8Array {
  if (payload.length < 32 || payload.length % 16 !== 0)
    throw new IpmiError('malformed', 'an encrypted answer has a wrong length');
  const decipher = createDecipheriv('aes-128-cbc', k2.subarray(0, 16), payload.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(payload.subarray(16)), decipher.final()]);
  const padding = plain[plain.length - 1]!;
  if (padding > 15) throw new IpmiError('malformed', 'an encrypted answer has wrong padding');
  return plain.subarray(0, plain.length - 1 - padding);
}

/** Writes a packet of RMCP+ (§13.6): in the clear without `keys`, else encrypted and signed. `iv` is 16 random bytes. */
export function writePacket(packet: SessionPacket, keys: SessionKeys | null, iv: Uint8Array): Buffer {
  const payload = keys ? encrypt(packet.payload, keys.k2, iv) : packet.payload;
  const head = Buffer.alloc(headerLength);
  head[0] = rmcpPlus;
  head[1] = packet.payloadType | (keys ? 0xc0 : 0);
  head.writeUInt32LE(packet.sessionId, 2);
  head.writeUInt32LE(packet.sequence, 6);
  head.writeUInt16LE(payload.length, 10);
  if (!keys) return Buffer.concat([Buffer.from(rmcpHeader), head, payload]);
  const padding = (4 - ((headerLength + payload.length + 2) % 4)) % 4;
  const trailer = Buffer.alloc(padding + 2, 0xff);
  trailer[padding] = padding;
  trailer[padding + 1] = 0x07;
  const code = hmac(keys.suite, keys.k1, head, payload, trailer).subarray(0, keys.suite.codeLength);
  return Buffer.concat([Buffer.from(rmcpHeader), head, payload, trailer, code]);
}

/**
 * Reads a packet. With `keys` it must be signed and encrypted by them, else it must be in the clear.
 * Throws `IpmiError`: "malformed" for bytes that are no such packet, "untrusted" for a wrong signature.
 */
export function readPacket(bytes: Uint8Array, keys: SessionKeys | null): SessionPacket {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 4 + headerLength || view.length > longest)
    throw new IpmiError('malformed', 'a datagram has no length of RMCP+');
  if (view[0] !== 0x06 || view[3] !== 0x07) throw new IpmiError('malformed', 'a datagram is not RMCP');
  const body = view.subarray(4);
  if (body[0] !== rmcpPlus) throw new IpmiError('malformed', 'a datagram is not RMCP+');
  const length = body.readUInt16LE(10);
  const end = headerLength + length;
  if (end > body.length) throw new IpmiError('malformed', 'a datagram is shorter than it says');
  const sealed = body[1]! & 0xc0;
  const packet = {
    payloadType: body[1]! & 0x3f,
    sessionId: body.readUInt32LE(2),
    sequence: body.readUInt32LE(6),
    payload: body.subarray(headerLength, end),
  };
  if (!keys) {
    if (sealed) throw new IpmiError('malformed', 'a sealed datagram came outside of a session');
    return packet;
  }
  if (sealed !== 0xc0) throw new IpmiError('untrusted', 'a datagram of the session is not sealed');
  const covered = body.length - keys.suite.codeLength;
  if (covered < end + 2) throw new IpmiError('malformed', 'a datagram has no signature');
  const code = hmac(keys.suite, keys.k1, body.subarray(0, covered)).subarray(0, keys.suite.codeLength);
  if (!sameBytes(code, body.subarray(covered))) throw new IpmiError('untrusted', 'a datagram has a wrong signature');
  return { ...packet, payload: decrypt(packet.payload, keys.k2) };
}

/** Wraps a message that needs no session in IPMI 1.5's header (§13.6), as discovery does. */
export const writeSessionless = (message: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...rmcpHeader, 0, 0, 0, 0, 0, 0, 0, 0, 0, message.length]), message]);

/** The message of a session-less answer. */
export function readSessionless(bytes: Uint8Array): Uint8Array {
  const valid = bytes.length >= 14 && bytes[0] === 0x06 && bytes[3] === 0x07 && bytes[4] === 0;
  if (!valid || bytes.length < 14 + bytes[13]!)
    throw new IpmiError('malformed', 'a datagram is no IPMI message without a session');
  return bytes.subarray(14, 14 + bytes[13]!);
}
