import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls';
import {
  type Redirection,
  readConnectionConfirm,
  readServerRedirection,
  securityProtocol,
  writeConnectionRequest,
} from '@atelier/rdp';
import type { CredSspInitiatorOptions } from '@atelier/spnego';
import { proveByNla } from '../spnego/nla-client.ts';
import { activation } from './synthetic-activation.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** MCS Connect Initial of an RDP client without channels: fields as xfreerdp 2 sends them. */
export const connectInitial = (() => {
  const core = Buffer.alloc(234);
  const fields: readonly (readonly [number, string])[] = [
    [0, '01c0ea000c000800'],
    [8, '00040003'], // 1024 by 768
    [12, '01ca03aa09040000bb470000'],
    [24, Buffer.from('synthetic', 'utf16le').toString('hex')],
    [56, '04000000000000000c000000'],
    [132, '01ca01000000000018000f00e305'],
    [210, '070001000000'],
  ];
  for (const [at, bytes] of fields) hex(bytes).copy(core, at);
  const security = hex('02c00c000000000000000000');
  const cluster = hex('04c00c000d00000000000000');
  const data = Buffer.concat([core, cluster, security]);
  const long = (bytes: number) => Buffer.from([0x80 | (bytes >> 8), bytes & 0xff]);
  const gcc = Buffer.concat([
    hex('000500147c0001'),
    long(data.length + 14),
    hex('000800100001c00044756361'),
    long(data.length),
    data,
  ]);
  const ber = (bytes: number) => Buffer.from([0x82, bytes >> 8, bytes & 0xff]);
  const parameters = hex(`
    301a020122020102020100020101020100020101020300ffff020102
    3019020101020101020101020101020100020101020204200201 02
    3020020300ffff020300fc17020300ffff020101020100020101020300ffff020102`);
  const body = Buffer.concat([hex('0401010401010101ff'), parameters, Buffer.from([0x04]), ber(gcc.length), gcc]);
  return tpkt(Buffer.concat([hex('02f0807f65'), ber(body.length), body]));
})();

/** Erect Domain, Attach User, and the two joins of user channel 1004. */
export const toClientInfo: readonly Buffer[] = [
  '0300000c02f0800401000100',
  '0300000802f08028',
  '0300000c02f08038 000303ec',
  '0300000c02f08038 000303eb',
].map(hex);

function tpkt(content: Buffer): Buffer {
  const header = Buffer.from([3, 0, 0, 0]);
  header.writeUInt16BE(content.length + 4, 2);
  return Buffer.concat([header, content]);
}

/** Client Info PDU of user channel 1004: the first after the one for everything. */
export function clientInfo(user: string, password: string): Buffer {
  const utf16 = (text: string) => Buffer.from(`${text}\0`, 'utf16le');
  const lengths = Buffer.alloc(10);
  lengths.writeUInt16LE(user.length * 2, 2);
  lengths.writeUInt16LE(password.length * 2, 4);
  const texts = ['', user, password, '', ''].map(utf16);
  const content = Buffer.concat([hex('40000000 00000000 fb470b00'), lengths, ...texts]);
  const length = Buffer.from([0x80 | (content.length >> 8), content.length & 0xff]);
  return tpkt(Buffer.concat([hex('02f080 64 0003 03eb 70'), length, content]));
}

/** One for all: making it costs as much as the handshake. */
const secureContext = createSecureContext();

/** What a sign-in came to. */
export interface SyntheticEnd {
  readonly redirection: Redirection | null;
  /** Milliseconds until the first picture of a lobby; null when there was none. */
  readonly pictureMs: number | null;
  readonly ms: number;
}

/** As much of an RDP client as a sign-in needs, in one flight behind TLS. Rejects when the broker hangs up before it redirects. */
export async function signInAs(given: {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The address to come from. */
  readonly from?: string;
  readonly loadBalanceInfo?: string;
  /** Network Level Authentication by these credentials. */
  readonly nla?: Omit<CredSspInitiatorOptions, 'publicKey'>;
  /** The user closes the window. */
  readonly signal?: AbortSignal;
}): Promise<SyntheticEnd> {
  const begun = performance.now();
  const socket = connect({ host: given.host, port: given.port, localAddress: given.from, noDelay: true });
  socket.on('error', () => {});
  socket.setTimeout(60_000, () => socket.destroy());
  given.signal?.addEventListener('abort', () => socket.destroy());
  const routingToken = given.loadBalanceInfo ? Buffer.from(given.loadBalanceInfo) : null;
  const negotiation = { flags: 0, protocols: given.nla ? securityProtocol.hybrid : securityProtocol.tls };
  socket.write(writeConnectionRequest({ cookie: given.user, routingToken, negotiation, correlationId: null }));
  const confirm = await firstData(socket);
  const confirmed = readConnectionConfirm(confirm);
  if (confirmed.kind !== 'response') throw new Error(`the broker answers ${JSON.stringify(confirmed)}`);
  const tls = connectTls({ socket, secureContext, rejectUnauthorized: false });
  try {
    await once(tls, 'secureConnect');
    if (given.nla) await proveByNla(tls, given.nla);
    tls.write(Buffer.concat([connectInitial, ...toClientInfo, clientInfo(given.user, given.password)]));
    const { redirection, pictureAt } = await redirectionOn(tls);
    return { redirection, pictureMs: pictureAt === null ? null : pictureAt - begun, ms: performance.now() - begun };
  } finally {
    tls.destroy();
  }
}

function firstData(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk) => resolve(chunk as Buffer));
    socket.once('close', () => reject(new Error('the broker hung up before it confirmed')));
  });
}

/** Reads messages until one is a Server Redirection PDU. */
async function redirectionOn(tls: TLSSocket) {
  let pictureAt: number | null = null;
  let read = Buffer.alloc(0);
  let said = '';
  for await (const chunk of tls) {
    read = Buffer.concat([read, chunk as Buffer]);
    while (read.length >= 4) {
      const length = messageLength(read);
      if (read.length < length) break;
      const message = read.subarray(0, length);
      read = read.subarray(message.length);
      if (message[0] !== 3) pictureAt ??= performance.now();
      // MCS SendDataIndication with a long length: content from byte 15 on.
      if (message[0] !== 3 || message[7] !== 0x68 || message.length < 24) continue;
      const content = message.subarray(message[13]! & 0x80 ? 15 : 14);
      const kind = content.readUInt16LE(2) & 0xf;
      // A lobby: what is painted there is not looked at.
      if (kind === 1) tls.write(activation);
      // Set Error Info (MS-RDPBCGR 2.2.5.1): why it is about to hang up.
      if (kind === 7 && content[14] === 0x2f) said = ` (error info 0x${content.readUInt32LE(18).toString(16)})`;
      if (kind === 0xa) return { redirection: readServerRedirection(content.subarray(8)), pictureAt };
    }
  }
  throw new Error(`the broker hung up before it redirected${said}`);
}

/** Of a TPKT or of a fast-path message, which paints. */
function messageLength(bytes: Buffer): number {
  if (bytes[0] === 3) return bytes.readUInt16BE(2);
  return bytes[1]! & 0x80 ? bytes.readUInt16BE(1) & 0x7fff : bytes[1]!;
}
