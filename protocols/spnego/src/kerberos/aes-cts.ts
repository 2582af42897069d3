import { createCipheriv, createDecipheriv } from 'node:crypto';
import { plainBytes } from '../crypto/hashes.ts';

const zero = new Uint8Array(16);

function cbc(make: typeof createCipheriv | typeof createDecipheriv, key: Uint8Array, input: Uint8Array): Uint8Array {
  const cipher = make(`aes-${key.length * 8}-cbc`, key, zero);
  cipher.setAutoPadding(false);
  return plainBytes(cipher.update(input));
}

/** AES-CBC with an IV of zeros, whole blocks. */
export const aesEncryptBlocks = (key: Uint8Array, input: Uint8Array): Uint8Array => cbc(createCipheriv, key, input);

/**
 * AES in CBC with ciphertext stealing, CS3 (RFC 3962 §5): as long as the input, which has at least 16 octets. The last two
 * blocks are always swapped.
 */
export function aesCtsEncrypt(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const { length } = plain;
  if (length === 16) return aesEncryptBlocks(key, plain);
  const blocks = Math.ceil(length / 16);
  const padded = new Uint8Array(blocks * 16);
  padded.set(plain);
  const whole = aesEncryptBlocks(key, padded);
  padded.fill(0);
  const output = new Uint8Array(length);
  const last = (blocks - 2) * 16;
  output.set(whole.subarray(0, last));
  output.set(whole.subarray(last + 16), last);
  output.set(whole.subarray(last, last + (length - last - 16)), last + 16);
  return output;
}

/** Undoes `aesCtsEncrypt`. The input has at least 16 octets. */
export function aesCtsDecrypt(key: Uint8Array, cipher: Uint8Array): Uint8Array {
  const { length } = cipher;
  if (length === 16) return cbc(createDecipheriv, key, cipher);
  const blocks = Math.ceil(length / 16);
  const last = (blocks - 2) * 16;
  const rest = length - last - 16;
  const whole = new Uint8Array(blocks * 16);
  const lastCipher = cipher.subarray(last, last + 16);
  // The stolen end of the last but one block is found by decrypting the last one alone.
  const stolen = cbc(createDecipheriv, key, lastCipher);
  whole.set(cipher.subarray(0, last));
  whole.set(cipher.subarray(last + 16), last);
  whole.set(stolen.subarray(rest), last + rest);
  whole.set(lastCipher, last + 16);
  return cbc(createDecipheriv, key, whole).subarray(0, length);
}
