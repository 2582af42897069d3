import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KernelSocket, type KernelSocketOwner, kernelSocketsWork, listenKernel } from './index.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
const keep = <Kept extends { destroy(): unknown }>(socket: Kept): Kept => {
  open.push({ close: () => socket.destroy() });
  return socket;
};

async function listening(take: (socket: KernelSocket, address: string) => void, host = '127.0.0.1'): Promise<number> {
  const options = { host, port: 0, backlog: 128, quietMs: 60_000 };
  const listener = await listenKernel(options, (socket, address) => take(keep(socket), address));
  open.push(listener);
  return listener.port;
}

async function serving(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) =>
    onSocket(keep(socket).on('error', () => {})),
  );
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const dial = (port: number, host = '127.0.0.1'): Socket =>
  keep(connect({ port, host, allowHalfOpen: true })).on('error', () => {});

/** Collects what happens; `data` gets the bytes. */
class Log implements KernelSocketOwner {
  readonly said: string[] = [];
  readonly received: Buffer[] = [];
  readonly over = Promise.withResolvers<boolean>();
  connected() {
    this.said.push('connected');
  }
  data(_: KernelSocket, bytes: Buffer) {
    this.received.push(Buffer.from(bytes));
  }
  drained() {
    this.said.push('drained');
  }
  ended() {
    this.said.push('ended');
  }
  failed(_: KernelSocket, error: NodeJS.ErrnoException) {
    this.said.push(`failed ${error.code}`);
  }
  closed(_: KernelSocket, hadError: boolean) {
    this.said.push('closed');
    this.over.resolve(hadError);
  }
}

const echo: KernelSocketOwner = {
  data: (from, bytes) => {
    if (!from.write(bytes)) from.pause();
  },
  drained: (from) => from.resume(),
  ended: (from) => from.end(),
  closed: () => {},
};

async function all(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

it('can be had on Linux, on the processors that servers have', () => {
  expect(kernelSocketsWork()).toBe(process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch));
});

describe('a listener', () => {
  it('tells who comes, by IPv4, by IPv6, and by one of them to a listener for both', async () => {
    const hasV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
    for (const [at, from, seen] of [
      ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
      ['::1', '::1', '::1'],
      ['::', '127.0.0.1', '::ffff:127.0.0.1'],
      ['localhost', 'localhost', expect.stringMatching(/^(127\.0\.0\.1|::1)$/)],
    ] as const) {
      if (at.includes(':') && !hasV6) continue;
      const came = Promise.withResolvers<string>();
      dial(await listening((_, address) => came.resolve(address), at), from);
      expect(await came.promise).toEqual(seen);
    }
  });

  it('says why it cannot be, as Node does', async () => {
    const port = await serving(() => {});
    const options = { host: '127.0.0.1', port, backlog: 8, quietMs: 60_000 };
    await expect(listenKernel(options, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
    await expect(listenKernel({ ...options, host: '203.0.113.1' }, () => {})).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });

  it('takes no more once it is closed, and those that are there go on', async () => {
    const listener = await listenKernel({ host: '127.0.0.1', port: 0, backlog: 8, quietMs: 60_000 }, (socket) => {
      keep(socket).owner = echo;
    });
    const there = dial(listener.port);
    there.write('a');
    await once(there, 'data');
    listener.close();
    const late = keep(new Socket());
    late.connect(listener.port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    there.write('b');
    expect(String((await once(there, 'data'))[0])).toBe('b');
  });
});

describe('a socket', () => {
  it('sends and receives more than the kernel takes at once, and closes when both have ended', async () => {
    const port = await listening((socket) => {
      socket.owner = echo;
    });
    const sent = randomBytes(8_000_000);
    const client = dial(port);
    client.end(sent);
    expect((await all(client)).equals(sent)).toBe(true);
  });

  it('keeps what the kernel does not take, tells when it is gone, and says its last only then', async () => {
    const sent = randomBytes(5_000_000);
    const log = new Log();
    const taken = Promise.withResolvers<KernelSocket>();
    const port = await listening((socket) => {
      socket.owner = log;
      taken.resolve(socket);
    });
    const client = dial(port).pause();
    const socket = await taken.promise;
    expect(socket.write(sent)).toBe(false);
    expect(socket.writableLength).toBeGreaterThan(0);
    // A caller may use its memory again.
    const copy = Buffer.from(sent);
    sent.fill(0);
    socket.end();
    expect(socket.write(Buffer.from('too late'))).toBe(false);
    expect((await all(client)).equals(copy)).toBe(true);
    client.end();
    expect(await log.over.promise).toBe(false);
    expect(log.said).toEqual(['ended', 'closed']);
  });

  it('is told of what went wrong, once, and then that it is closed', async () => {
    const dead = await serving(() => {});
    for (const one of open.splice(0)) one.close();
    const refused = new Log();
    keep(KernelSocket.connect({ host: '127.0.0.1', port: dead })).owner = refused;
    expect(await refused.over.promise).toBe(true);
    expect(refused.said).toEqual(['failed ECONNREFUSED', 'closed']);
    const nowhere = new Log();
    keep(KernelSocket.connect({ host: 'nowhere.invalid', port: 1 })).owner = nowhere;
    await nowhere.over.promise;
    expect(nowhere.said[0]).toMatch(/^failed E(NOTFOUND|AI_AGAIN)$/);
    expect(() => KernelSocket.connect({ host: '127.0.0.1', port: 65_536 })).toThrow(RangeError);
    const reset = new Log();
    const port = await listening((socket) => {
      socket.owner = reset;
    });
    const client = dial(port);
    await once(client, 'connect');
    client.resetAndDestroy();
    expect(await reset.over.promise).toBe(true);
    expect(reset.said).toEqual(['failed ECONNRESET', 'closed']);
  });

  it('dials, also by a name, and sends what was written before it was connected', async () => {
    const port = await serving((socket) => socket.pipe(socket));
    for (const host of ['127.0.0.1', 'localhost']) {
      const log = new Log();
      const socket = keep(KernelSocket.connect({ host, port }));
      socket.owner = log;
      socket.write(Buffer.from('early'));
      socket.end();
      expect(await log.over.promise).toBe(false);
      expect(Buffer.concat(log.received).toString()).toBe('early');
      expect(log.said).toEqual(['connected', 'ended', 'closed']);
    }
  });

  it('goes on to a name’s next address when nobody listens at the first', async () => {
    const port = await serving((socket) => socket.pipe(socket));
    const { lookup } = dns;
    // Both of its addresses, as /etc/hosts has them for most; ours listens at the second one only.
    const both = [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ];
    // biome-ignore lint/suspicious/noExplicitAny: stands for all forms of the function
    dns.lookup = ((_host: string, _options: unknown, done: any) => done(null, both)) as any;
    syncBuiltinESMExports();
    try {
      const log = new Log();
      const socket = keep(KernelSocket.connect({ host: 'both.example', port }));
      socket.owner = log;
      socket.write(Buffer.from('there'));
      socket.end();
      expect(await log.over.promise).toBe(false);
      expect(Buffer.concat(log.received).toString()).toBe('there');
    } finally {
      dns.lookup = lookup;
      syncBuiltinESMExports();
    }
  });

  it('becomes one of Node’s, and nothing that nobody read is lost', async () => {
    const taken = Promise.withResolvers<Socket>();
    const port = await listening((socket) => {
      socket.owner = {
        data: (from, bytes) => {
          from.pause();
          const first = Buffer.from(bytes);
          setImmediate(() => {
            const node = new Socket({ fd: from.release(), allowHalfOpen: true, readable: true, writable: true });
            node.unshift(first);
            taken.resolve(keep(node));
          });
        },
        ended: () => {},
        closed: () => taken.reject(new Error('closed')),
      };
    });
    const client = dial(port);
    client.write('first ');
    await once(client, 'ready');
    const node = await taken.promise;
    client.end('second');
    expect(String(await all(node))).toBe('first second');
    node.end('answer');
    expect(String(await all(client))).toBe('answer');
  });

  it('keeps hundreds apart whose descriptors have the same numbers one after the other', async () => {
    const port = await listening((socket) => {
      socket.owner = echo;
    });
    const one = async (n: number) => {
      for (let round = 0; round < 20; round++) {
        const text = `${n} in round ${round}`;
        const client = dial(port);
        client.write(text);
        const [bytes] = await once(client, 'data');
        expect(String(bytes)).toBe(text);
        // By turns: an end, a reset, no word at all.
        if (round % 3 === 0) client.end();
        else if (round % 3 === 1) client.resetAndDestroy();
        else client.destroy();
      }
    };
    await Promise.all(Array.from({ length: 25 }, (_, n) => one(n)));
  });

  it('loses and mixes up nothing, whatever is done to it in whatever order', async () => {
    for (let round = 0; round < 40; round++) {
      const log = new Log();
      const taken = Promise.withResolvers<KernelSocket>();
      const port = await listening((socket) => {
        socket.owner = log;
        taken.resolve(socket);
      });
      const client = dial(port);
      const received: Buffer[] = [];
      client.on('data', (bytes) => received.push(bytes as Buffer));
      const socket = await taken.promise;
      const toUs: Buffer[] = [];
      const fromUs: Buffer[] = [];
      for (let step = 0; step < 60; step++) {
        const bytes = randomBytes(randomInt(1, randomInt(2, 200_000)));
        const does = randomInt(6);
        if (does === 0) socket.pause();
        if (does === 1) socket.resume();
        if (does === 2) client.isPaused() ? client.resume() : client.pause();
        if (does === 3) {
          toUs.push(bytes);
          client.write(bytes);
        }
        if (does === 4) {
          fromUs.push(bytes);
          socket.write(bytes);
        }
        if (does === 5) await new Promise((resolve) => setImmediate(resolve));
      }
      socket.resume();
      client.resume();
      socket.end();
      client.end();
      expect(await log.over.promise).toBe(false);
      expect(Buffer.concat(log.received).equals(Buffer.concat(toUs))).toBe(true);
      if (!client.closed) await once(client, 'close');
      expect(Buffer.concat(received).equals(Buffer.concat(fromUs))).toBe(true);
    }
  });
});

describe('a process', () => {
  /** Runs a script that has `listenKernel`; gives what it printed when it has ended. */
  async function runs(script: string, limits = ''): Promise<{ readonly printed: string; readonly code: number }> {
    const door = join(import.meta.dirname, 'index.ts');
    const words = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e'];
    const whole = `import { listenKernel } from ${JSON.stringify(door)}; import { connect } from 'node:net'; import { once } from 'node:events'; ${script}`;
    const child = spawn('sh', ['-c', `${limits} exec "$0" "$@"`, process.execPath, ...words, whole], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 15_000,
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    const [code] = await once(child, 'exit');
    return { printed, code };
  }
  const options = "{ host: '127.0.0.1', port: 0, backlog: 128, quietMs: 60000 }";

  it('ends by itself when nothing is open any more', async () => {
    const { printed, code } = await runs(`
      const listener = await listenKernel(${options}, (socket) => {
        socket.owner = { data: (from, bytes) => from.write(bytes), ended: (from) => from.end(), closed: () => listener.close() };
      });
      const client = connect(listener.port, '127.0.0.1');
      client.end('said');
      console.log(String((await once(client, 'data'))[0]));`);
    expect([printed, code]).toEqual(['said\n', 0]);
  });

  it('goes on taking connections after it had no descriptor left', async () => {
    const { printed, code } = await runs(
      `
      const taken = [];
      const listener = await listenKernel(${options}, (socket) => {
        taken.push(socket);
        socket.owner = { data() {}, ended() {}, closed() {} };
      });
      const clients = [];
      const dial = () => { const client = connect(listener.port, '127.0.0.1'); client.on('error', () => {}); clients.push(client); };
      for (let n = 0; n < 5; n++) dial();
      const until = async (when) => { while (!when()) await new Promise((resolve) => setTimeout(resolve, 10)); };
      await until(() => taken.length === 5);
      for (let n = 0; n < 60; n++) dial();
      await until(() => clients.some((client) => client.destroyed));
      const before = taken.length;
      for (const client of clients) client.destroy();
      for (const socket of taken) socket.destroy();
      dial();
      await until(() => taken.length > before);
      console.log('took another one');
      process.exit(0);`,
      'ulimit -n 64;',
    );
    expect([printed, code]).toEqual(['took another one\n', 0]);
  });

  it('treats what an owner throws as everything that nobody catches, and others go on', async () => {
    const { printed, code } = await runs(`
      process.on('uncaughtException', (error) => console.log(error.message));
      let first = true;
      const listener = await listenKernel(${options}, (socket) => {
        socket.owner = { data: (from, bytes) => { if (first) { first = false; throw new Error('of the first'); } from.write(bytes); }, ended() {}, closed() {} };
      });
      const [one, two] = [connect(listener.port, '127.0.0.1'), connect(listener.port, '127.0.0.1')];
      one.write('x');
      await once(process, 'uncaughtException');
      two.write('y');
      console.log(String((await once(two, 'data'))[0]));
      process.exit(0);`);
    expect([printed, code]).toEqual(['of the first\ny\n', 0]);
  });
});
