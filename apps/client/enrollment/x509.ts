import { webcrypto } from 'node:crypto';

/** Loads the X.509 library at the first need: an enrolled computer that starts needs none of it. */
export async function x509() {
  await import('reflect-metadata');
  const library = await import('@peculiar/x509');
  library.cryptoProvider.set(webcrypto as unknown as Crypto);
  return library;
}
