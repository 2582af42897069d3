import type { Socket } from 'node:net';
import { type PeekedOpening, peekOpening } from '@atelier/rdp';

/** The opening of a connection, and what came behind it. */
export type Opening = Extract<PeekedOpening, { kind: 'opening' }> & { readonly rest: Buffer };

/** TLS in place of RDP's opening: one of our servers, on behalf of a browser. What was read lies in the socket again. */
export interface TlsOpening {
  readonly kind: 'tls';
  readonly why: string;
}

/** Why there is none. */
export type NoOpening = { readonly kind: 'malformed' | 'late' | 'closed'; readonly why: string };

/**
 * Reads until the opening is there, leaving the socket paused. Bounded: `peekOpening` decides within 4 KB; `withinMs` is for the whole, so that
 * dripping bytes does not help.
 */
export function readOpening(socket: Socket, withinMs: number): Promise<Opening | TlsOpening | NoOpening> {
  return new Promise((resolve) => {
    let read: Buffer | null = null;
    const done = (result: Opening | TlsOpening | NoOpening) => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose).off('end', onClose);
      socket.pause();
      resolve(result);
    };
    const onClose = () => done({ kind: 'closed', why: 'the client hung up' });
    const onData = (chunk: Buffer) => {
      const bytes = read ? Buffer.concat([read, chunk]) : chunk;
      read = bytes;
      // A handshake's record (RFC 8446 5.1); the length of a preconnection PDU may begin with the same octet, but not go on with it.
      if (bytes.length >= 2 && bytes[0] === 0x16 && bytes[1] === 0x03) {
        done({ kind: 'tls', why: 'it begins with tls' });
        socket.unshift(bytes);
        return;
      }
      const peeked = peekOpening(bytes);
      if (peeked.kind === 'more') return;
      if (peeked.kind === 'malformed') done(peeked);
      else done({ ...peeked, rest: bytes.subarray(peeked.length) });
    };
    const timer = setTimeout(() => done({ kind: 'late', why: `no opening within ${withinMs} ms` }), withinMs);
    socket.on('data', onData).on('close', onClose).on('end', onClose);
  });
}
