import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type NegotiationFailure, negotiationFailure } from './security-protocol.ts';
import { tpktLength, writeTpkt } from './tpkt.ts';

/** X.224 Connection Confirm of a server ([MS-RDPBCGR] 2.2.1.2). */
export type ConnectionConfirm =
  /** The server chose one of the protocols (a bit of `securityProtocol`). */
  | { readonly kind: 'response'; readonly flags: number; readonly protocol: number }
  /** The server refuses what the client offered; `failure` is null for codes that are not in the specification. */
  | { readonly kind: 'failure'; readonly code: number; readonly failure: NegotiationFailure | null }
  /** No negotiation: standard RDP security. */
  | { readonly kind: 'plain' };

/** Reads the confirm with its TPKT header from the front of `bytes`. Throws `RdpError`. */
export function readConnectionConfirm(bytes: Uint8Array): ConnectionConfirm {
  const length = tpktLength(bytes);
  const reader = new ByteReader(bytes, 'the X.224 Connection Confirm').part(length ?? bytes.length + 1);
  reader.skip(4);
  const body = reader.part(reader.u8());
  if ((body.u8() & 0xf0) !== 0xd0) throw reader.wrong('it is another kind of TPDU');
  body.skip(5);
  if (body.left === 0) return { kind: 'plain' };
  const type = body.u8();
  const flags = body.u8();
  if (body.u16() !== 8) throw body.wrong('the negotiation has a wrong length');
  const value = body.u32();
  if (type === 2) return { kind: 'response', flags, protocol: value };
  if (type === 3) return { kind: 'failure', code: value, failure: failureOf(value) };
  throw body.wrong(`negotiation type ${type} is unknown`);
}

function failureOf(code: number): NegotiationFailure | null {
  for (const [name, value] of Object.entries(negotiationFailure)) if (value === code) return name as NegotiationFailure;
  return null;
}

/** Chooses `protocol` (a bit of `securityProtocol`) of those that the client offered. `flags`: bits of `negotiationResponseFlag`. */
export const writeConnectionConfirm = (protocol: number, flags = 0): Buffer => confirm(2, flags, protocol);

/** Refuses the client's offer: it then says why to its user, and hangs up. */
export const writeNegotiationFailure = (failure: NegotiationFailure): Buffer =>
  confirm(3, 0, negotiationFailure[failure]);

function confirm(type: number, flags: number, value: number): Buffer {
  const negotiation = new ByteWriter().u8(type, flags).u16(8).u32(value).done();
  // LI, CC, DST-REF, SRC-REF 0x1234 (any), class 0.
  return writeTpkt(new ByteWriter().u8(14, 0xd0, 0, 0, 0x12, 0x34, 0).bytes(negotiation).done());
}
