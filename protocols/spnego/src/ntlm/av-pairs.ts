import { malformed } from './message-fields.ts';

/** Ids of AV_PAIR (MS-NLMP §2.2.2.1). */
export const av = {
  end: 0,
  computerName: 1,
  domainName: 2,
  dnsComputerName: 3,
  dnsDomainName: 4,
  flags: 6,
  timestamp: 7,
  targetName: 9,
  channelBindings: 10,
} as const;

/** The bit of `av.flags` that says: this message has a MIC. */
export const micProvided = 2;

export type AvPairs = ReadonlyMap<number, Uint8Array>;

/** Reads a list up to its end mark; what follows the mark is padding. Each id once, 64 at most. */
export function parseAvPairs(bytes: Uint8Array): AvPairs {
  const pairs = new Map<number, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    if (id === av.end) return pairs;
    at += 4;
    if (at + length > bytes.length) throw malformed('has an attribute that ends beyond its list');
    if (pairs.has(id) || pairs.size === 64) throw malformed('has too many attributes');
    pairs.set(id, bytes.subarray(at, at + length));
    at += length;
  }
  throw malformed('has a list of attributes without an end');
}

/** Writes a list with its end mark. */
export function encodeAvPairs(pairs: AvPairs): Uint8Array {
  let length = 4;
  for (const value of pairs.values()) length += 4 + value.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [id, value] of pairs) {
    view.setUint16(at, id, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + value.length;
  }
  return bytes;
}

/** `av.flags` as a number; 0 if there are none. */
export function avFlags(pairs: AvPairs): number {
  const value = pairs.get(av.flags);
  if (!value) return 0;
  if (value.length !== 4) throw malformed('has flags of a wrong length');
  return new DataView(value.buffer, value.byteOffset, 4).getUint32(0, true);
}

/** FILETIME (100 ns since 1601) of milliseconds since 1970. */
export function fileTime(now: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Math.trunc(now)) + 11_644_473_600_000n) * 10_000n, true);
  return bytes;
}
