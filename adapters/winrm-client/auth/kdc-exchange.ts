import { connect } from 'node:net';
import { winrmError } from '../errors.ts';
import type { KdcPlace } from './find-kdcs.ts';

const mostBytes = 65_536;

/** One question to one KDC over TCP (RFC 4120 §7.2.2). */
function ask(place: KdcPlace, request: Uint8Array, timeout: number, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, signal });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    let got = Buffer.alloc(0);
    socket.setTimeout(timeout, () => fail(new Error('the kdc did not answer in time')));
    socket.once('error', fail);
    socket.once('end', () => fail(new Error('the kdc ended the connection')));
    socket.on('data', (piece: Buffer) => {
      got = Buffer.concat([got, piece]);
      const length = got.length < 4 ? 0 : got.readUInt32BE(0);
      if (length > mostBytes || got.length > mostBytes + 4) fail(new Error('the kdc’s answer is too large'));
      else if (length > 0 && got.length >= 4 + length) {
        socket.destroy();
        resolve(got.subarray(4, 4 + length));
      }
    });
    const length = Buffer.alloc(4);
    length.writeUInt32BE(request.length);
    socket.write(Buffer.concat([length, request]));
  });
}

/** Asks the KDCs one after the other until one answers. Throws `winrm.unreachable`. */
export async function askKdcs(
  places: readonly KdcPlace[],
  request: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let last: unknown;
  for (const place of places) {
    signal.throwIfAborted();
    try {
      return await ask(place, request, 10_000, signal);
    } catch (error) {
      last = error;
    }
  }
  throw winrmError('winrm.unreachable', 'no KDC of the realm answers', last);
}
