import type { Socket } from 'node:net';
import { type PeekedOpening, peekOpening } from '@atelier/rdp';

/** The opening of a connection, and what came behind it. */
export type Opening = Extract<PeekedOpening, { kind: 'opening' }> & { readonly rest: Buffer };

/** Why there is none. */
export type NoOpening = { readonly kind: 'malformed' | 'late' | 'closed'; readonly why: string };

/**
 * Reads until the opening is there, leaving the socket paused. Bounded: `peekOpening` decides within 4 KB; `withinMs` is for the whole, so that
 * dripping bytes does not help.
 */
export function readOpening(socket: Socket, withinMs: number): Promise<Opening | NoOpening> {
  return new Promise((resolve) => {
    let read: Buffer | null = null;
    const done = (result: Opening | NoOpening) => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose).off('end', onClose);
      socket.pause();
      resolve(result);
    };
    const onClose = () => done({ kind: 'closed', why: 'the client hung up' });
    const onData = (chunk: Buffer) => {
      const bytes = read ? Buffer.concat([read, chunk]) : chunk;
      read = bytes;
      const peeked = peekOpening(bytes);
      if (peeked.kind === 'more') return;
      if (peeked.kind === 'malformed') done(peeked);
      else done({ ...peeked, rest: bytes.subarray(peeked.length) });
    };
    const timer = setTimeout(() => done({ kind: 'late', why: `no opening within ${withinMs} ms` }), withinMs);
    socket.on('data', onData).on('close', onClose).on('end', onClose);
  });
}
