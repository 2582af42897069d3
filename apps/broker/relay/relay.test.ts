import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { dialTarget } from './dial-target.ts';
import { splice } from './splice.ts';
import { Turnstile } from './turnstile.ts';

const open: { close: () => void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
const keep = (socket: Socket): Socket => {
  open.push({ close: () => socket.destroy() });
  return socket.on('error', () => {});
};
async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => onSocket(keep(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return (server.address() as AddressInfo).port;
}
async function pair(): Promise<[Socket, Socket]> {
  const accepted = Promise.withResolvers<Socket>();
  const port = await serve(accepted.resolve);
  const near = keep(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
  const far = await accepted.promise;
  return [near, far.pause()];
}
const confirm = Buffer.from('030000130ed000001234000201080001000000', 'hex');
const times = { dialMs: 500, confirmMs: 100 };
const here = (port: number) => ({ address: '127.0.0.1', port });

it('dials a target, the next address when one is dead, and tells one that hangs from one that is dead', async () => {
  const never = new AbortController().signal;
  const dead = await serve(() => {});
  for (const one of open.splice(0)) one.close();
  const good = await serve((socket) => {
    socket.once('data', (opening) => socket.write(Buffer.concat([confirm, opening as Buffer])));
  });
  const dialed = await dialTarget([here(dead), here(good)], Buffer.from('opening'), times, never);
  if ('kind' in dialed) throw new Error(dialed.why);
  keep(dialed.socket);
  expect(dialed.first.subarray(confirm.length).toString()).toBe('opening');
  expect(await dialTarget([here(dead)], confirm, times, never)).toMatchObject({ kind: 'dead' });
  const silent = await serve(() => {});
  expect(await dialTarget([here(silent)], confirm, times, never)).toMatchObject({ kind: 'hung' });
  const mail = await serve((socket) => socket.write('220 mail.example.org ESMTP\r\n'));
  for (const reads of ['events', 'memory'] as const)
    expect(await dialTarget([here(mail)], confirm, times, never, reads)).toMatchObject({
      kind: 'hung',
      why: expect.stringContaining('something else than rdp'),
    });
  const none = { address: '127.0.0.1', port: 70_000 };
  expect(await dialTarget([none], confirm, times, never)).toMatchObject({ kind: 'dead' });
  const going = new AbortController();
  const dialing = dialTarget([here(silent)], confirm, { ...times, confirmMs: 10_000 }, going.signal);
  going.abort();
  expect(await dialing).toMatchObject({ kind: 'gone' });
});

it('carries every byte both ways, stops reading for a side that is slow, and passes half-closes on', async () => {
  const [client, clientEnd] = await pair();
  const [targetEnd, target] = await pair();
  const sent = randomBytes(3_000_000);
  const between = splice(clientEnd, target, { toTarget: Buffer.from('first'), toClient: Buffer.from('hello') });
  client.pause();
  targetEnd.write(sent);
  client.end('ping');
  const toTarget: Buffer[] = [];
  for await (const chunk of targetEnd.iterator({ destroyOnReturn: false })) toTarget.push(chunk as Buffer);
  expect(Buffer.concat(toTarget).toString()).toBe('firstping');
  targetEnd.end();
  const toClient: Buffer[] = [];
  for await (const chunk of client) toClient.push(chunk as Buffer);
  expect(Buffer.concat(toClient).equals(Buffer.concat([Buffer.from('hello'), sent]))).toBe(true);
  expect(await between.done).toMatchObject({ endedBy: 'client', toClient: sent.length + 5, toTarget: 9 });
});

it('loses no byte in memory that is used again, and waits for a client that reads late', async () => {
  const sent = randomBytes(20_000_000);
  let took = 0;
  const host = await serve((socket) => {
    socket.once('data', () => {
      socket.write(confirm);
      socket.once('data', () => {
        for (let at = 0; at < sent.length; at += 1_000_000)
          socket.write(sent.subarray(at, at + 1_000_000), () => {
            took += 1_000_000;
          });
        socket.end();
      });
    });
  });
  const [client, clientEnd] = await pair();
  client.pause();
  const dialed = await dialTarget([here(host)], Buffer.from('opening'), times, new AbortController().signal, 'memory');
  if ('kind' in dialed) throw new Error(dialed.why);
  const first = { toTarget: Buffer.from('go on'), toClient: dialed.first };
  const between = splice(clientEnd, keep(dialed.socket), first, dialed.memory);
  await expect.poll(() => took).toBeGreaterThan(0);
  await expect.poll(() => clientEnd.writableLength).toBeGreaterThan(0);
  expect(clientEnd.writableLength).toBeLessThan(1_000_000);
  const received: Buffer[] = [];
  for await (const chunk of client) received.push(chunk as Buffer);
  client.end();
  expect(Buffer.concat(received).equals(Buffer.concat([confirm, sent]))).toBe(true);
  expect(await between.done).toMatchObject({ endedBy: 'target', broken: false, toTarget: 5 });
});

it('ends both sides when one is broken', async () => {
  const [client, clientEnd] = await pair();
  const [targetEnd, target] = await pair();
  const between = splice(clientEnd, target, { toTarget: Buffer.alloc(0), toClient: Buffer.alloc(0) });
  targetEnd.resetAndDestroy();
  client.resume();
  await once(client, 'end');
  expect(await between.done).toMatchObject({ endedBy: 'target', broken: true });
});

it('lets so many through at a time, the others in order, also past a failure', async () => {
  const turnstile = new Turnstile(2);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  const work = (n: number) =>
    turnstile.pass('host', async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      order.push(n);
      if (n === 1) throw new Error('one fails');
    });
  await Promise.allSettled([0, 1, 2, 3, 4, 5].map(work));
  expect([most, order]).toEqual([2, [0, 1, 2, 3, 4, 5]]);
});
