import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { readOrder } from './gateway-order.ts';
import { setAutoLogon } from './pass-client-info.ts';

let seed = 20261121;
const below = (limit: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % limit;
};
/** A changed copy: octets that are others, cut short, or a piece that is there twice. */
function spoiled(sample: Buffer): Buffer {
  const at = below(sample.length);
  const kind = below(5);
  if (kind === 0) return sample.subarray(0, at);
  if (kind === 1) return Buffer.concat([sample.subarray(0, at), sample.subarray(below(at + 1))]);
  const bytes = Buffer.from(sample);
  for (let n = 1 + below(3); n > 0; n--) bytes[below(bytes.length)] = below(256);
  return bytes;
}
/** What a server writes, in two portions, and then hangs up. */
function peerThatSays(bytes: Buffer): Socket {
  const peer = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const cut = below(bytes.length + 1);
  peer.push(bytes.subarray(0, cut));
  peer.push(bytes.subarray(cut));
  setImmediate(() => peer.destroy());
  return peer as unknown as Socket;
}

const orders = [
  {
    ask: 'prepare',
    user: 'Éva',
    ticket: `att_${'x'.repeat(28)}`,
    address: '192.0.2.7',
    client: 'browser',
    width: 1920,
    height: 1080,
  },
  { ask: 'open', userId: '0'.repeat(26), address: '2001:db8::1' },
].map((one) => Buffer.from(`${JSON.stringify(one)}\n`));

it('takes an order or says that it is none, at once: 4,000 of them', async () => {
  let taken = 0;
  const never = new AbortController().signal;
  for (let n = 0; n < 4000; n++) {
    const order = await readOrder(peerThatSays(spoiled(orders[n % 2]!)), never).catch((error: Error) => error);
    if (order instanceof Error) expect(order.message).toMatch(/^(the order|the server hung up|no order)/);
    else {
      expect(['prepare', 'open']).toContain(order.ask);
      taken++;
    }
  }
  expect(taken).toBeGreaterThan(100);
  await expect(readOrder(peerThatSays(Buffer.alloc(100_000, 0x20)), never)).rejects.toThrow('too long');
});

it('finds a Client Info or none in what browsers send, whatever it is: 20,000 messages', () => {
  // As IronRDP wrote it, its texts left out.
  const info = Buffer.from(
    `0300003402f08064 0007 03eb 70 26 4000 0000 00000000 3b010000${'00'.repeat(32)}`.replaceAll(' ', ''),
    'hex',
  );
  expect(setAutoLogon(Buffer.from(info))).toBe(true);
  let found = 0;
  for (let n = 0; n < 20_000; n++) if (setAutoLogon(spoiled(info))) found++;
  expect(found).toBeGreaterThan(1000);
  expect(found).toBeLessThan(20_000);
});
