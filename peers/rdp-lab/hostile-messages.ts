import { createHash } from 'node:crypto';
import { securityProtocol, writeConnectionRequest } from '@atelier/rdp';
import { activation } from './synthetic-activation.ts';
import { clientInfo, connectInitial, toClientInfo } from './synthetic-client.ts';

/** Numbers from 0 to below `limit`, the same in every run with the same seed (mulberry32). */
export type Below = (limit: number) => number;

export function belowFrom(seed: number): Below {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Where a message says what it is: of short ones the first octets, of long ones what nests in them too. */
const headOf = (bytes: Buffer): number => Math.min(bytes.length, bytes.length < 150 ? 12 : 200);
const extremes = [0, 1, 0x7f, 0x80, 0xff];

/** A changed copy of a message: some octets other ones, cut short, a piece doubled, or lengths that lie. */
export function spoiled(below: Below, message: Uint8Array): Buffer {
  const bytes = Buffer.from(message);
  const at = below(bytes.length);
  const kind = below(6);
  if (kind === 0) return bytes.subarray(0, at);
  if (kind === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(at + 1))]);
  for (let n = 1 + below(4); n > 0; n--)
    bytes[below(kind < 5 ? headOf(bytes) : bytes.length)] =
      below(2) === 0 ? extremes[below(extremes.length)]! : below(256);
  return bytes;
}

const noise = (below: Below, length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
const request = (more: { readonly token?: string; readonly protocols?: number }): Buffer =>
  writeConnectionRequest({
    cookie: more.token === undefined ? 'eve' : null,
    routingToken: more.token === undefined ? null : Buffer.from(more.token),
    negotiation: { flags: 0, protocols: more.protocols ?? securityProtocol.tls },
    correlationId: more.token === undefined ? null : new Uint8Array(16).fill(7),
  });

/** Preconnection PDU of version 2 with a blob (MS-RDPEPS 2.2.1.2), as Hyper-V's clients send it. */
const preconnection = (blob: string, size?: number): Buffer => {
  const text = Buffer.from(`${blob}\0`, 'utf16le');
  const header = Buffer.alloc(18);
  header.writeUInt32LE(size ?? 18 + text.length, 0);
  header.writeUInt32LE(2, 8);
  header.writeUInt16LE(text.length / 2, 16);
  return Buffer.concat([header, text]);
};

/** What clients open with: as mstsc and xfreerdp write them, with a cookie, a token, a blob. */
export const realOpenings: readonly Buffer[] = [
  request({}),
  request({ protocols: securityProtocol.tls | securityProtocol.hybrid }),
  request({ token: 'Cookie: msts=201346314.15629.0000' }),
  request({ token: 'tsv://MS Terminal Services Plugin.1.Morning' }),
  Buffer.concat([preconnection('Morning'), request({})]),
];

/** A token that nobody issued. */
const forged = (below: Below): Buffer =>
  request({
    token: `Cookie: msts=${createHash('sha256')
      .update(String(below(2 ** 31)))
      .digest('base64url')
      .slice(0, 32)}`,
  });

/** The first octets of somebody who means harm. */
export function hostileOpening(below: Below): Buffer {
  const kind = below(100);
  // Tokens, which are looked up, are one in ten of these.
  if (kind < 60) return spoiled(below, realOpenings[below(10) === 0 ? 2 : (below(4) + 3) % realOpenings.length]!);
  if (kind < 80) return noise(below, 1 + below(300));
  if (kind < 86) return preconnection('x', 0x7fff_ffff);
  if (kind < 90) return Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0]), noise(below, 517)]);
  if (kind < 93) return Buffer.from(`GET /${'a'.repeat(below(6000))} HTTP/1.1\r\nHost: desk\r\n\r\n`);
  if (kind < 96) return Buffer.concat([Buffer.from([3, 0, 0xff, 0xff]), noise(below, 5000)]);
  if (kind < 99) return Buffer.concat([request({ protocols: 0 }), noise(below, below(200))]);
  return forged(below);
}

const fastPath = ['0c8008010f60010f', '04800a20000800028001', '048005001e', '10048041009041'].map((text) =>
  Buffer.from(text, 'hex'),
);

/** What they say within TLS: the way to a form or a desktop, one message of it spoiled, and what is behind it. */
export function hostileConversation(below: Below): Buffer {
  if (below(10) === 0) return noise(below, 1 + below(600));
  const messages: Uint8Array[] = [connectInitial, ...toClientInfo, clientInfo('eve', '')];
  if (below(2) === 0) messages.push(activation, ...fastPath);
  const at = below(messages.length);
  messages[at] = spoiled(below, messages[at]!);
  return Buffer.concat(messages);
}
