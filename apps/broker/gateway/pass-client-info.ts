import type { Socket } from 'node:net';
import { tpktLength } from '@atelier/rdp';
import { type ClientWishes, setClientCore } from './client-core.ts';

const infoPacket = 0x0040;
const autoLogon = 0x0000_0008;
/** What precedes the Client Info is a few short messages: a client that sends more of them is none. */
const mostBefore = 64 * 1024;

/**
 * Sets INFO_AUTOLOGON in a Client Info PDU (MS-RDPBCGR 2.2.1.11.1.1), in place. Gives whether it was one; other messages stay as they are.
 * `message` is one whole TPKT.
 */
export function setAutoLogon(message: Buffer): boolean {
  // X.224 Data, then MCS Send Data Request with its initiator, channel, priority, and a length of one or two octets (T.125, PER).
  if (message.length < 30 || message.readUInt16BE(4) !== 0x02f0 || message[7] !== 0x64) return false;
  const security = (message[13]! & 0x80) === 0 ? 14 : 15;
  if ((message.readUInt16LE(security) & infoPacket) === 0) return false;
  const flags = security + 8;
  if (flags + 4 > message.length) return false;
  message.writeUInt32LE((message.readUInt32LE(flags) | autoLogon) >>> 0, flags);
  return true;
}

/**
 * Carries the beginning of a connection, until the client's Client Info went to the target with INFO_AUTOLOGON: IronRDP leaves it out, and xrdp then asks for
 * what it was just told. On the way the client's core data get what the person `wishes`. Both sockets are paused afterwards, nothing is kept. Gives false when a side ended or what came was no beginning.
 */
export function passClientInfo(
  client: Socket,
  target: Socket,
  wishes: ClientWishes,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    let waiting = Buffer.alloc(0);
    let before = 0;
    const done = (passed: boolean) => {
      signal.removeEventListener('abort', onEnd);
      client.off('data', onClient).off('end', onEnd).off('close', onEnd);
      target.off('data', onTarget).off('end', onEnd).off('close', onEnd);
      client.pause();
      target.pause();
      if (passed && waiting.length > 0) client.unshift(waiting);
      resolve(passed);
    };
    const onEnd = () => done(false);
    const onTarget = (chunk: Buffer) => client.write(chunk);
    const onClient = (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      before += chunk.length;
      try {
        for (;;) {
          const length = tpktLength(waiting);
          if (length === null || length > waiting.length) break;
          const message = waiting.subarray(0, length);
          waiting = waiting.subarray(length);
          setClientCore(message, wishes);
          const found = setAutoLogon(message);
          target.write(message);
          if (found) return done(true);
        }
      } catch {
        return done(false);
      }
      if (before > mostBefore) done(false);
    };
    signal.addEventListener('abort', onEnd, { once: true });
    client.on('data', onClient).on('end', onEnd).on('close', onEnd);
    target.on('data', onTarget).on('end', onEnd).on('close', onEnd);
    client.resume();
    target.resume();
  });
}
