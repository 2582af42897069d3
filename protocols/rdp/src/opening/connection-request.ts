import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { RdpError } from '../rdp-error.ts';
import { negotiationRequestFlag } from './security-protocol.ts';
import { tpktLength, writeTpkt } from './tpkt.ts';

/** X.224 Connection Request of a client ([MS-RDPBCGR] 2.2.1.1). */
export interface ConnectionRequest {
  /** The user's name as a hint for balancers: cut, without domain, and never an identity. Null when not sent. */
  readonly cookie: string | null;
  /** A routing token or the raw `loadbalanceinfo` of a connection file, without CRLF. Null when not sent. */
  readonly routingToken: Uint8Array | null;
  /** Null: a client of before 2003, which knows standard RDP security only. */
  readonly negotiation: {
    /** Bits of `negotiationRequestFlag`. */
    readonly flags: number;
    /** Bits of `securityProtocol`. */
    readonly protocols: number;
  } | null;
  /** 16 bytes that name this connection in logs on both sides ([MS-RDPBCGR] 2.2.1.1.2). */
  readonly correlationId: Uint8Array | null;
}

const cookiePrefix = 'Cookie: mstshash=';
const utf8 = new TextDecoder('utf-8');

/** Reads the request with its TPKT header from the front of `bytes`. Throws `RdpError`. */
export function readConnectionRequest(bytes: Uint8Array): ConnectionRequest {
  const length = tpktLength(bytes);
  const reader = new ByteReader(bytes, 'the X.224 Connection Request').part(length ?? bytes.length + 1);
  reader.skip(4);
  const body = reader.part(reader.u8());
  if (reader.left > 0) throw reader.wrong('the lengths of X.224 and TPKT differ');
  if ((body.u8() & 0xf0) !== 0xe0) throw reader.wrong('it is another kind of TPDU');
  body.skip(5); // DST-REF, SRC-REF, class
  const line = readLine(body);
  const token = line === null || line.toString('latin1').startsWith(cookiePrefix) ? null : line;
  const cookie = line === null || token ? null : utf8.decode(line.subarray(cookiePrefix.length));
  return { cookie, routingToken: token, ...readNegotiation(body) };
}

/** The line that may stand first: it ends with CRLF, while a negotiation begins with its type 1 and its length 8. */
function readLine(body: ByteReader): Buffer | null {
  const rest = body.peekRest();
  const end = rest.indexOf('\r\n');
  const negotiation = rest.length >= 8 && rest[0] === 1 && rest.readUInt16LE(2) === 8;
  if (negotiation || end < 0) return null;
  const line = body.bytes(end);
  body.skip(2);
  return line;
}

function readNegotiation(body: ByteReader): Pick<ConnectionRequest, 'negotiation' | 'correlationId'> {
  if (body.left === 0) return { negotiation: null, correlationId: null };
  if (body.u8() !== 1) throw body.wrong('something else than a negotiation request follows');
  const flags = body.u8();
  if (body.u16() !== 8) throw body.wrong('the negotiation request has a wrong length');
  const negotiation = { flags, protocols: body.u32() };
  if ((flags & negotiationRequestFlag.correlationInfoPresent) === 0 || body.left === 0)
    return { negotiation, correlationId: null };
  if (body.u8() !== 6) throw body.wrong('something else than correlation info follows');
  body.skip(1);
  if (body.u16() !== 36) throw body.wrong('the correlation info has a wrong length');
  const correlationId = body.bytes(16);
  body.skip(16);
  return { negotiation, correlationId };
}

/** Writes the request as a client sends it; a routing token goes before a cookie. Throws "limits" above 255 bytes. */
export function writeConnectionRequest(request: ConnectionRequest): Buffer {
  const body = new ByteWriter().u8(0xe0, 0, 0, 0, 0, 0);
  const line = request.routingToken ?? (request.cookie === null ? null : Buffer.from(cookiePrefix + request.cookie));
  if (line) body.bytes(line).ascii('\r\n');
  if (request.negotiation) {
    const correlation = request.correlationId ? negotiationRequestFlag.correlationInfoPresent : 0;
    body
      .u8(1, request.negotiation.flags | correlation)
      .u16(8)
      .u32(request.negotiation.protocols);
    if (request.correlationId) body.u8(6, 0).u16(36).bytes(request.correlationId).zeros(16);
  }
  if (body.length > 255) throw new RdpError('limits', `a Connection Request of ${body.length} bytes is too long`);
  return writeTpkt(new ByteWriter().u8(body.length).bytes(body.done()).done());
}
