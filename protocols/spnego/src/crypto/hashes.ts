import { createHmac, hash } from 'node:crypto';

/** The same bytes, not copied, as a Uint8Array and not as a Buffer: a Buffer's `slice` is no copy. */
export const plainBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** Byte strings one after another. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** MD5 of the parts joined: 16 bytes. */
export const md5 = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(hash('md5', parts.length === 1 ? parts[0]! : join(...parts), 'buffer'));

/** HMAC of the parts joined, cut to `length` bytes if given. */
export function hmac(
  algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384',
  key: Uint8Array,
  parts: readonly Uint8Array[],
  length?: number,
): Uint8Array {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest()).subarray(0, length);
}
