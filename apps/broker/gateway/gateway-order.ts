import type { Socket } from 'node:net';
import { z } from 'zod';

const address = z.string().max(64);

/** What a server asks for on behalf of a browser: the first line of a connection. */
const orderSchema = z.discriminatedUnion('ask', [
  z.object({
    ask: z.literal('prepare'),
    user: z.string().max(256),
    /** Signs the user in, and says for which collection. */
    ticket: z.string().max(64),
    address,
    client: z.string().max(64),
    width: z.number().int().min(200).max(8192),
    height: z.number().int().min(200).max(8192),
  }),
  z.object({
    ask: z.literal('open'),
    userId: z.string().max(26),
    address,
    /** Windows' id of the keyboard layout; 0: not known. */
    keyboard: z.number().int().min(0).max(0xffff_ffff).default(0),
  }),
]);
export type GatewayOrder = z.infer<typeof orderSchema>;
export type PrepareOrder = Extract<GatewayOrder, { ask: 'prepare' }>;
export type OpenOrder = Extract<GatewayOrder, { ask: 'open' }>;

const longestLine = 2048;

/**
 * Reads the order, leaving the socket paused with what came behind it put back. Rejects with a short text when it is none, the peer hangs up, or `signal`
 * aborts.
 */
export function readOrder(socket: Socket, signal: AbortSignal): Promise<GatewayOrder> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const settle = () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('data', onData).off('close', onClose);
      socket.pause();
    };
    const fail = (why: string) => {
      settle();
      reject(new Error(why));
    };
    const onAbort = () => fail('no order came in time');
    const onClose = () => fail('the server hung up');
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf(0x0a);
      if (end < 0) {
        if (read.length > longestLine) fail('the order is too long');
        return;
      }
      settle();
      if (end + 1 < read.length) socket.unshift(read.subarray(end + 1));
      try {
        resolve(orderSchema.parse(JSON.parse(read.subarray(0, end).toString())));
      } catch (cause) {
        reject(new Error('the order cannot be read', { cause }));
      }
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', onData).on('close', onClose);
    socket.resume();
  });
}
