import { pbkdf2 } from 'node:crypto';

/** PBKDF2 off the event loop. */
export const stretch = (
  password: string,
  salt: Uint8Array,
  iterations: number,
  length: number,
  hash: 'sha1' | 'sha256' | 'sha384',
): Promise<Uint8Array> =>
  new Promise((resolve, reject) =>
    pbkdf2(Buffer.from(password, 'utf8'), salt, iterations, length, hash, (error, key) =>
      error ? reject(error) : resolve(new Uint8Array(key)),
    ),
  );
