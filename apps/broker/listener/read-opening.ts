import { type PeekedOpening, peekOpening } from '@atelier/rdp';
import { disown, own, type Wire, type WireOwner } from '../wire.ts';

/** The opening of a connection, and what came behind it. */
export type Opening = Extract<PeekedOpening, { kind: 'opening' }> & { readonly rest: Buffer };

/** TLS in place of RDP's opening: one of our servers, on behalf of a browser. */
export interface TlsOpening {
  readonly kind: 'tls';
  readonly why: string;
  /** What was read of it. */
  readonly rest: Buffer;
}

/** Why there is none. */
export type NoOpening = { readonly kind: 'malformed' | 'late' | 'closed'; readonly why: string };

export type OpeningRead = Opening | TlsOpening | NoOpening;

/**
 * Reads until the opening is there, leaving the wire paused and nobody's. Bounded: `peekOpening` decides within 4 KB; `withinMs` is for the whole, so that
 * dripping bytes does not help.
 */
export const readOpening = (wire: Wire, withinMs: number): Promise<OpeningRead> =>
  new Promise((resolve) => own(wire, new OpeningReader(wire, withinMs, resolve)));

const late = (reader: OpeningReader) => reader.late();

class OpeningReader implements WireOwner {
  readonly #wire: Wire;
  readonly #withinMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #resolve: (read: OpeningRead) => void;
  #read: Buffer | null = null;

  constructor(wire: Wire, withinMs: number, resolve: (read: OpeningRead) => void) {
    this.#wire = wire;
    this.#withinMs = withinMs;
    this.#resolve = resolve;
    this.#timer = setTimeout(late, withinMs, this);
  }

  data(_: Wire, chunk: Buffer): void {
    const bytes = Buffer.concat(this.#read ? [this.#read, chunk] : [chunk]);
    this.#read = bytes;
    // A handshake's record (RFC 8446 5.1); the length of a preconnection PDU may begin with the same octet, but not go on with it.
    if (bytes.length >= 2 && bytes[0] === 0x16 && bytes[1] === 0x03) {
      this.#done({ kind: 'tls', why: 'it begins with tls', rest: bytes });
      return;
    }
    const peeked = peekOpening(bytes);
    if (peeked.kind === 'more') return;
    if (peeked.kind === 'malformed') this.#done(peeked);
    else this.#done({ ...peeked, rest: bytes.subarray(peeked.length) });
  }

  ended(): void {
    this.#done({ kind: 'closed', why: 'the client hung up' });
  }

  closed(): void {
    this.ended();
  }

  late(): void {
    this.#done({ kind: 'late', why: `no opening within ${this.#withinMs} ms` });
  }

  #done(read: OpeningRead): void {
    clearTimeout(this.#timer);
    disown(this.#wire);
    this.#wire.pause();
    this.#resolve(read);
  }
}
