import { openBytes, sealBytes } from './sealed-bytes.ts';

/** A compressed frame, encrypted (README, "Encryption"); the frame's digest is authenticated with it. */
export function sealFrame(packed: Uint8Array, key: Uint8Array, frameDigest: Uint8Array): Uint8Array {
  return sealBytes(packed, key, frameDigest);
}

/** The compressed frame in a sealed one. Throws `trim.format` when key, digest or content do not fit. */
export function openFrame(stored: Uint8Array, key: Uint8Array, frameDigest: Uint8Array): Uint8Array {
  return openBytes(stored, key, frameDigest, 'an encrypted frame');
}
