import { Asn1Error, derLength } from '@atelier/asn1';
import { join } from '../crypto/hashes.ts';
import { SpnegoError } from '../spnego-error.ts';
import { longestTsRequest } from './ts-request.ts';

/** Cuts TSRequests out of a stream that comes in any slices. */
export class MessageBuffer {
  #bytes: Uint8Array = new Uint8Array(0);

  add(bytes: Uint8Array): void {
    this.#bytes = join(this.#bytes, bytes);
  }

  /** The next whole message, or null if more bytes are needed. */
  next(): Uint8Array | null {
    const length = this.#length();
    if (length === null) return null;
    if (length > longestTsRequest) throw new SpnegoError('spnego.malformed', `a credssp message has ${length} bytes`);
    if (this.#bytes.length < length) return null;
    const message = this.#bytes.slice(0, length);
    this.#bytes = this.#bytes.slice(length);
    return message;
  }

  #length(): number | null {
    if (this.#bytes.length > 0 && this.#bytes[0] !== 0x30)
      throw new SpnegoError('spnego.malformed', 'what came is not a credssp message');
    try {
      return derLength(this.#bytes);
    } catch (error) {
      if (!(error instanceof Asn1Error)) throw error;
      throw new SpnegoError('spnego.malformed', `a credssp message is malformed: ${error.message}`, { cause: error });
    }
  }

  take(): Uint8Array {
    const rest = this.#bytes;
    this.#bytes = new Uint8Array(0);
    return rest;
  }
}
