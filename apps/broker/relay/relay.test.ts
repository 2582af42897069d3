import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { KernelSocket, listenKernel } from '@atelier/adapters/kernel-sockets';
import { afterEach, describe, expect, it } from 'vitest';
import { type Dialler, dialSocket, own, type Wire } from '../wire.ts';
import { type DialedTarget, type DialFailure, dial } from './dial-target.ts';
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
const confirm = Buffer.from('030000130ed000001234000201080001000000', 'hex');
const times = { dialMs: 500, confirmMs: 100 };
const here = (port: number) => ({ address: '127.0.0.1', port });

/** A kind of wire: how one comes in, paused, and how one is dialled. */
interface Kind {
  readonly name: string;
  readonly comesIn: () => Promise<readonly [port: number, wire: Promise<Wire>]>;
  readonly dialler: Dialler<Wire>;
}
const kinds: readonly Kind[] = [
  {
    name: 'Node’s sockets',
    comesIn: async () => {
      const wire = Promise.withResolvers<Socket>();
      return [await serve((socket) => wire.resolve(socket.pause())), wire.promise];
    },
    dialler: (to) => keep(dialSocket(to)),
  },
  {
    name: 'the kernel’s',
    comesIn: async () => {
      const wire = Promise.withResolvers<Wire>();
      const listener = await listenKernel({ host: '127.0.0.1', port: 0, backlog: 8, quietMs: 60_000 }, (socket) => {
        socket.pause();
        open.push({ close: () => socket.destroy() });
        wire.resolve(socket);
      });
      open.push(listener);
      return [listener.port, wire.promise];
    },
    dialler: (to) => {
      const wire = KernelSocket.connect(to);
      open.push({ close: () => wire.destroy() });
      return wire;
    },
  },
];

describe.each(kinds)('by $name', ({ comesIn, dialler }) => {
  /** Somebody's end, and ours. */
  async function pair(): Promise<[Socket, Wire]> {
    const [port, wire] = await comesIn();
    const near = keep(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
    return [near, await wire];
  }
  const dialAt = (
    ports: readonly number[],
    { opening = confirm, signal = new AbortController().signal, confirmMs = times.confirmMs } = {},
  ): Promise<DialedTarget<Wire> | DialFailure> =>
    new Promise((resolve) =>
      dial({ endpoints: ports.map(here), opening, times: { ...times, confirmMs }, signal, dialler }, resolve),
    );

  it('dials a target, the next address when one is dead, and tells one that hangs from one that is dead', async () => {
    const dead = await serve(() => {});
    for (const one of open.splice(0)) one.close();
    const good = await serve((socket) => {
      socket.once('data', (opening) => socket.write(Buffer.concat([confirm, opening as Buffer])));
    });
    const dialed = await dialAt([dead, good], { opening: Buffer.from('opening') });
    if ('kind' in dialed) throw new Error(dialed.why);
    expect(dialed.first.subarray(confirm.length).toString()).toBe('opening');
    expect(await dialAt([dead])).toMatchObject({ kind: 'dead' });
    const silent = await serve(() => {});
    expect(await dialAt([silent])).toMatchObject({ kind: 'hung' });
    const mail = await serve((socket) => socket.write('220 mail.example.org ESMTP\r\n'));
    expect(await dialAt([mail])).toMatchObject({
      kind: 'hung',
      why: expect.stringContaining('something else than rdp'),
    });
    expect(await dialAt([70_000])).toMatchObject({ kind: 'dead' });
    const going = new AbortController();
    const dialing = dialAt([silent], { confirmMs: 10_000, signal: going.signal });
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

  it('loses no byte of what the target sent, and does not take more than the client reads', async () => {
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
    const dialed = await dialAt([host], { opening: Buffer.from('opening') });
    if ('kind' in dialed) throw new Error(dialed.why);
    const between = splice(clientEnd, dialed.socket, { toTarget: Buffer.from('go on'), toClient: dialed.first });
    await expect.poll(() => took).toBeGreaterThan(0);
    await expect.poll(() => clientEnd.writableLength).toBeGreaterThan(0);
    expect(clientEnd.writableLength).toBeLessThan(1_000_000);
    const received: Buffer[] = [];
    for await (const chunk of client) received.push(chunk as Buffer);
    client.end();
    expect(Buffer.concat(received).equals(Buffer.concat([confirm, sent]))).toBe(true);
    expect(await between.done).toMatchObject({ endedBy: 'target', broken: false, toTarget: 5 });
  });

  it('ends both sides when one is broken, be it while nobody reads it', async () => {
    const [client, clientEnd] = await pair();
    const [targetEnd, target] = await pair();
    const between = splice(clientEnd, target, { toTarget: Buffer.alloc(0), toClient: Buffer.alloc(0) });
    targetEnd.resetAndDestroy();
    client.resume();
    await once(client, 'end');
    expect(await between.done).toMatchObject({ endedBy: 'target', broken: true });
    const [gone, waits] = await pair();
    const closed = Promise.withResolvers<boolean>();
    own(waits, { data: () => {}, ended: () => {}, closed: (_, hadError) => closed.resolve(hadError) });
    waits.pause();
    gone.resetAndDestroy();
    expect(await closed.promise).toBe(true);
  });
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
