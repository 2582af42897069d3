import { createHmac, timingSafeEqual } from 'node:crypto';

/** A cipher suite of RMCP+ (IPMI 2.0 §22.15.2): how both ends prove themselves, sign and encrypt. */
export interface CipherSuite {
  readonly id: number;
  /** Numbers on the wire. */
  readonly authentication: number;
  readonly integrity: number;
  readonly confidentiality: number;
  /** Hash behind all its HMACs. */
  readonly hash: 'sha1' | 'sha256';
  /** Bytes of a truncated code, on packets and in the last message of the handshake. */
  readonly codeLength: number;
}

/** HMAC-SHA256, HMAC-SHA256-128, AES-CBC-128. */
export const suite17: CipherSuite = {
  id: 17,
  authentication: 3,
  integrity: 4,
  confidentiality: 1,
  hash: 'sha256',
  codeLength: 16,
};
/** HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128: the one that every controller must have. */
export const suite3: CipherSuite = {
  id: 3,
  authentication: 1,
  integrity: 1,
  confidentiality: 1,
  hash: 'sha1',
  codeLength: 12,
};

/** What we speak, the best first. Suites without integrity or encryption are not among them on purpose. */
export const cipherSuites: readonly CipherSuite[] = [suite17, suite3];

/** The suite's HMAC over the parts. */
export function hmac(suite: CipherSuite, key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac(suite.hash, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Equality that takes the same time wherever the difference lies. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

/**
 * Reads the records of Get Channel Cipher Suites (§22.15.1): the numbers of the standard suites that are offered.
 * Records of a maker's own are passed over; a cut last record is ignored.
 */
export function readCipherSuites(records: Uint8Array): number[] {
  const found: number[] = [];
  let at = 0;
  while (at < records.length) {
    const start = records[at]!;
    if (start !== 0xc0 && start !== 0xc1) {
      at += 1;
      continue;
    }
    if (start === 0xc0 && at + 1 < records.length) found.push(records[at + 1]!);
    at += start === 0xc0 ? 2 : 5;
  }
  return found;
}
