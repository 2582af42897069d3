import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls';
import { securityProtocol, writeConnectionRequest } from '@atelier/rdp';
import { initiateCredSsp, subjectPublicKey } from '@atelier/spnego';
import { belowFrom, hostileConversation, hostileOpening, spoiled } from './hostile-messages.ts';
import type { AttackOrder, AttackResult } from './opening-attack.ts';
import { connectInitial } from './synthetic-client.ts';

// A program: opens connections as `opening-attack.ts` orders, and prints what became of them.

const order = JSON.parse(process.argv[2]!) as AttackOrder;
const below = belowFrom(order.seed);
const begun = performance.now();
const count = { made: 0, closed: 0, answered: 0, waited: 0, unconnected: 0, longestOpeningMs: 0, longestSignInMs: 0 };

/** Fifteen from each: the broker hears an address less gladly after twenty. */
const perAddress = 15;
const addressOf = (n: number): string => {
  if (order.from !== null) return order.from;
  const one = Math.floor(n / perAddress) + order.seed * 20_000;
  return `127.${1 + ((one >> 16) & 0x7f)}.${(one >> 8) & 0xff}.${one & 0xff}`;
};

const dial = (n: number): Socket => {
  const socket = connect({ host: '127.0.0.1', port: order.port, localAddress: addressOf(n), noDelay: true });
  return socket.on('error', () => {});
};
/** Those that only wait for the broker to lose patience. */
const waiting = new Set<Promise<void>>();
const mostWaiting = 400;
/** Not towards the end: they would be waited for alone. */
const mayStay = (oneIn: number): boolean =>
  order.stay && count.made * 2 < order.plain + order.behindTls && waiting.size < mostWaiting && below(oneIn) === 0;

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    socket.once('close', () => resolve());
    socket.resume();
  });
}

/** Stays without a word until the broker closes, beside the others. An answer says that the broker took it for an opening. */
function stay(socket: Socket, behindTls = false): void {
  const since = performance.now();
  let answered = behindTls;
  socket.once('data', () => {
    answered = true;
  });
  const gone = untilClosed(socket).then(() => {
    const kind = answered ? 'longestSignInMs' : 'longestOpeningMs';
    count.waited += 1;
    count[kind] = Math.max(count[kind], performance.now() - since);
    waiting.delete(gone);
  });
  waiting.add(gone);
}

/** What the broker said first, and null when it closed. */
const firstAnswer = (socket: Socket): Promise<Buffer | null> =>
  new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk)).once('close', () => resolve(null));
  });

async function beforeTls(n: number): Promise<void> {
  const socket = dial(n);
  let connected = false;
  socket.once('connect', () => {
    connected = true;
  });
  const bytes = hostileOpening(below);
  // Of these the broker has to get rid by itself.
  if (mayStay(25)) {
    socket.write(bytes);
    return stay(socket);
  }
  socket.end(bytes);
  const said = await firstAnswer(socket);
  if (said) count.answered += 1;
  else if (connected) count.closed += 1;
  else count.unconnected += 1;
  socket.destroy();
}

const secureContext = createSecureContext();
let session: Buffer | undefined;
/** Of the broker's certificate, which it shows only when a session is not taken up again. */
let publicKey: Uint8Array | undefined;

/** TLS as far as it is needed: sessions are taken up again, which spares the attacker and not the broker. */
function secured(socket: Socket): Promise<TLSSocket | null> {
  return new Promise((resolve) => {
    const tls = connectTls({ socket, secureContext, rejectUnauthorized: false, ...(session ? { session } : {}) });
    tls.on('error', () => {});
    tls.on('session', (fresh) => {
      session ??= fresh;
    });
    tls.once('secureConnect', () => {
      publicKey ??= subjectPublicKey(tls.getPeerX509Certificate()!.raw);
      resolve(tls);
    });
    tls.once('close', () => resolve(null));
  });
}

/** CredSSP (MS-CSSP 3.1.5) with one of its messages spoiled. */
async function sayNla(tls: TLSSocket): Promise<void> {
  const credssp = initiateCredSsp({
    now: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    credentials: [
      { kind: 'ntlm', user: `person${below(30)}`, domain: '', ntHash: new Uint8Array(16).fill(below(256)) },
    ],
    publicKey: publicKey!,
    delegate: { user: 'eve', domain: '', password: '' },
  });
  try {
    const first = (await credssp.push(null)).token!;
    if (below(2) === 0) return void tls.write(spoiled(below, first));
    tls.write(first);
    const challenge = await firstAnswer(tls);
    const { token } = challenge ? await credssp.push(challenge) : { token: null };
    if (token) tls.write(spoiled(below, token));
  } catch {
    // The broker's answer to what was no logon.
  } finally {
    credssp.close();
  }
}

async function behindTls(n: number): Promise<void> {
  const nla = below(3) === 0;
  const socket = dial(n);
  const negotiation = { flags: 0, protocols: nla ? securityProtocol.hybrid : securityProtocol.tls };
  socket.write(writeConnectionRequest({ cookie: 'eve', routingToken: null, negotiation, correlationId: null }));
  if (!(await firstAnswer(socket))) {
    count.closed += 1;
    return;
  }
  const tls = await secured(socket);
  if (!tls) {
    count.closed += 1;
    return;
  }
  if (mayStay(40)) {
    tls.write(spoiled(below, connectInitial));
    return stay(tls, true);
  }
  count.answered += 1;
  if (nla) await sayNla(tls);
  else tls.write(hostileConversation(below));
  tls.end();
  await untilClosed(tls);
}

async function run(most: number, attack: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const since = performance.now();
  const attackers = Array.from({ length: order.inFlight }, async () => {
    while (next < most) {
      const n = next++;
      const due = order.perSecond === null ? 0 : since + (n * 1000) / order.perSecond - performance.now();
      if (due > 5) await pause(due);
      count.made += 1;
      await attack(count.made);
    }
  });
  await Promise.all(attackers);
}

await run(order.behindTls, behindTls);
const behindTlsMs = performance.now() - begun;
await run(order.plain, beforeTls);
const saidMs = performance.now() - begun;
while (waiting.size > 0) await Promise.all(waiting);
const result: AttackResult = { ...count, behindTlsMs, saidMs, ms: performance.now() - begun };
process.stdout.write(JSON.stringify(result));
