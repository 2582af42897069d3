// Loads one door as RDP clients that have their tokens do, in a process of its own. Is told what to do by one message, and answers with one.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { securityProtocol, writeConnectionRequest, writeMstsToken } from '@atelier/rdp';

/** What to do, at which port, with which tokens in turn. */
export interface RelayLoad {
  readonly work: 'set-ups' | 'echo' | 'bulk' | 'idle';
  readonly port: number;
  readonly tokens: readonly string[];
  readonly seconds: number;
  /** Connections at a time; for `idle` in all. */
  readonly atOnce: number;
}

/** Per second: set-ups, or bytes. Round trips or set-ups in milliseconds, ascending order's middle and 99th of 100. */
export interface RelayLoadResult {
  readonly perSecond: number;
  /** Set-ups that the door refused. */
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
}

const openings: Buffer[] = [];
let next = 0;

function dial(port: number): Promise<Socket> {
  const opening = openings[next++ % openings.length]!;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('hung up before the confirm')));
    socket.once('data', () => resolve(socket));
    socket.write(opening);
  });
}

const atShare = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const resultOf = (perSecond: number, times: number[], failed = 0): RelayLoadResult => {
  times.sort((a, b) => a - b);
  return { perSecond, failed, p50: atShare(times, 0.5), p99: atShare(times, 0.99) };
};

async function setUps({ port, seconds, atOnce }: RelayLoad): Promise<RelayLoadResult> {
  const times: number[] = [];
  let failed = 0;
  const begun = performance.now();
  const one = async () => {
    for (let now = performance.now(); now - begun < seconds * 1000; now = performance.now()) {
      const socket = await dial(port).catch(() => null);
      if (socket) times.push(performance.now() - now);
      else failed += 1;
      socket?.destroy();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return resultOf(times.length / ((performance.now() - begun) / 1000), times, failed);
}

async function echo({ port, seconds }: RelayLoad): Promise<RelayLoadResult> {
  const socket = await dial(port);
  const times: number[] = [];
  const byte = Buffer.from('e');
  const begun = performance.now();
  for (let now = begun; now - begun < seconds * 1000; ) {
    const sent = performance.now();
    socket.write(byte);
    await once(socket, 'data');
    now = performance.now();
    times.push(now - sent);
  }
  socket.destroy();
  return resultOf(times.length / seconds, times);
}

async function bulk({ port, seconds, atOnce }: RelayLoad): Promise<RelayLoadResult> {
  const sockets = await Promise.all(Array.from({ length: atOnce }, () => dial(port)));
  let bytes = 0;
  for (const socket of sockets) {
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.write('b');
  }
  // The first portions find buffers small and code cold.
  await new Promise((resolve) => setTimeout(resolve, 500));
  bytes = 0;
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const perSecond = bytes / ((performance.now() - begun) / 1000);
  for (const socket of sockets) socket.destroy();
  return { perSecond, failed: 0, p50: 0, p99: 0 };
}

async function idle({ port, atOnce }: RelayLoad): Promise<RelayLoadResult> {
  for (let made = 0; made < atOnce; made += 20)
    await Promise.all(Array.from({ length: Math.min(20, atOnce - made) }, () => dial(port)));
  return { perSecond: 0, failed: 0, p50: 0, p99: 0 };
}

const works = { 'set-ups': setUps, echo, bulk, idle };
process.on('message', (load: RelayLoad) => {
  for (const token of load.tokens)
    openings.push(
      writeConnectionRequest({
        cookie: null,
        routingToken: writeMstsToken(token),
        negotiation: { flags: 0, protocols: securityProtocol.tls },
        correlationId: null,
      }),
    );
  works[load.work](load).then(
    (result) => process.send!(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
