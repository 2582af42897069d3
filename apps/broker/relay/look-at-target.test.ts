import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { securityProtocol, writeConnectionConfirm } from '@atelier/rdp';
import { expect, it } from 'vitest';
import { lookTwice } from './look-at-target.ts';
import { RelayBook } from './relay-book.ts';

/** A host that says nothing to its first connections. */
async function host(silentFor: number) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const number = sockets.push(socket.on('error', () => {}));
    if (number > silentFor) socket.once('data', () => socket.write(writeConnectionConfirm(securityProtocol.tls)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    for (const one of sockets) one.destroy();
  };
  return { target: { id: 't', endpoints: [{ address: '127.0.0.1', port }] }, sockets, stop };
}

it('gives a host a second chance, and takes it for hanging when that is lost too', async () => {
  const book = new RelayBook(2);
  const [fast, slow, hung] = [await host(0), await host(1), await host(9)];
  const { signal } = new AbortController();
  try {
    expect(await lookTwice(book, fast.target, 2000, signal)).toBeNull();
    expect(await lookTwice(book, slow.target, 1000, signal)).toBeNull();
    expect([fast.sockets.length, slow.sockets.length]).toEqual([1, 2]);
    expect(book.answers.patienceMs('t', 60_000)).toBeGreaterThan(10_000);
    expect(await lookTwice(book, hung.target, 200, signal)).toMatchObject({ kind: 'hung' });
    expect(hung.sockets).toHaveLength(2);
  } finally {
    for (const one of [fast, slow, hung]) one.stop();
  }
});
