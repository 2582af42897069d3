import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { securityProtocol, writeConnectionRequest } from '@atelier/rdp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerFleet, brokerFleet } from './rdp-lab/broker-fleet.ts';

// A broker process, people who only want their desktop, and others who want to bring it down. ATELIER_TEST_OPENINGS: how many openings (100000 for an evening).

const openings = Number(process.env.ATELIER_TEST_OPENINGS ?? 4000);
const drips = 1000;
let fleet: BrokerFleet;
let port: number;

beforeAll(async () => {
  fleet = await brokerFleet({ brokers: 1, people: 20, targets: 2 });
  port = fleet.brokers[0]!.port;
});
afterAll(() => fleet?.stop());

const request = writeConnectionRequest({
  cookie: 'eve',
  routingToken: null,
  negotiation: { flags: 0, protocols: securityProtocol.tls },
  correlationId: null,
});

/** Random bytes, a request with some bytes changed or cut, or a Preconnection PDU that promises too much. */
function nonsense(n: number): Buffer {
  if (n % 4 === 0) return randomBytes(1 + (n % 300));
  if (n % 4 === 1) return Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0x7f]), randomBytes(20)]);
  const bytes = Buffer.from(request);
  for (let times = 0; times < 3; times++) bytes[randomBytes(1)[0]! % bytes.length] = randomBytes(1)[0]!;
  return n % 4 === 2 ? bytes : bytes.subarray(0, randomBytes(1)[0]! % bytes.length);
}

const dial = (from: string): Socket => {
  const socket = connect({ host: '127.0.0.1', port, localAddress: from });
  return socket.on('error', () => {});
};
/** Reads what comes until the end. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.resume();
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
const answered = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('data', () => resolve()).once('close', () => resolve());
  });

async function attack(n: number): Promise<void> {
  const socket = dial(`127.0.${2 + (n % 8)}.${1 + (n % 200)}`);
  if (n % 10 === 0) {
    // Behind TLS too.
    socket.write(request);
    await answered(socket);
    if (socket.destroyed) return;
    const tls = connectTls({ socket, rejectUnauthorized: false }).on('error', () => {});
    tls.on('secureConnect', () => tls.end(randomBytes(500)));
    await closed(tls);
  } else {
    socket.end(nonsense(n));
    await closed(socket);
  }
}

/** Milliseconds of a person's sign-in, the middle of several. */
async function honest(): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 9; n++) times.push((await fleet.signIn(`person${n}`, port, '127.0.100.1')).ms);
  return times.toSorted((a, b) => a - b)[4]!;
}

it('takes people to their desktops while others send nonsense, drip bytes and say nothing, and does not grow by it', async () => {
  const broker = fleet.brokers[0]!;
  await honest();
  const before = await honest();
  const memoryBefore = await broker.memory();

  const dripping = Array.from({ length: drips }, (_, n) => dial(`127.0.1.${1 + (n % 200)}`));
  // Two bytes a second from each, one after the other: a burst of all would be this process's own delay, not the broker's.
  let drop = 0;
  const timer = setInterval(() => {
    for (let n = 0; n < drips / 20; n++) {
      const one = dripping[drop++ % drips]!;
      if (one.writable) one.write(Buffer.from([3]));
    }
  }, 25);
  const during = await honest();
  await Promise.all(dripping.map(closed));
  clearInterval(timer);

  let next = 0;
  const attackUpTo = async (most: number) => {
    const attackers = Array.from({ length: 50 }, async () => {
      while (next < most) await attack(next++);
    });
    await Promise.all(attackers);
  };
  await attackUpTo(openings / 2);
  const memoryHalfway = await broker.memory();
  await attackUpTo(openings);
  const after = await honest();
  const memoryAfter = await broker.memory();
  const mib = (bytes: number) => Math.round(bytes / 1024 / 1024);
  console.info(
    `sign-ins ${before.toFixed(0)} ms, ${during.toFixed(0)} ms beside ${drips} drips, ${after.toFixed(0)} ms after ${openings} openings; ${mib(memoryBefore)} MiB before, ${mib(memoryHalfway)} halfway, ${mib(memoryAfter)} after`,
  );
  expect(broker.alive()).toBe(true);
  expect(during).toBeLessThan(2 * Math.max(before, after) + 50);
  // The engine's room for young objects grows once, to what many connections at a time need; nothing grows with their number.
  expect(memoryAfter - memoryBefore).toBeLessThan(80 * 1024 * 1024);
  expect(memoryAfter - memoryHalfway).toBeLessThan(40 * 1024 * 1024);
});
