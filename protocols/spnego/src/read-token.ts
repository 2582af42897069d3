import { Asn1Error, type DerReader, readDer } from '@atelier/asn1';
import { SpnegoError } from './spnego-error.ts';
import type { SpnegoErrorCode } from './spnego-errors.ts';

/** Reads DER as exactly one thing; what is wrong with it becomes a SpnegoError, `spnego.malformed` unless said otherwise. */
export function readToken<T>(
  bytes: Uint8Array,
  what: string,
  read: (reader: DerReader) => T,
  code: SpnegoErrorCode = 'spnego.malformed',
): T {
  try {
    return readDer(bytes, read);
  } catch (error) {
    if (error instanceof Asn1Error)
      throw new SpnegoError(code, `${what} is malformed: ${error.message}`, { cause: error });
    throw error;
  }
}
