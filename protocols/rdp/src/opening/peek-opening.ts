import { rdpLimits } from '../limits.ts';
import { isRdpError } from '../rdp-error.ts';
import { type ConnectionRequest, readConnectionRequest } from './connection-request.ts';
import { type Preconnection, preconnectionLength, readPreconnection } from './preconnection.ts';
import { tpktLength } from './tpkt.ts';

/** What the first bytes of a connection are. */
export type PeekedOpening =
  /** Not all there yet: look again with more bytes. */
  | { readonly kind: 'more' }
  | {
      readonly kind: 'opening';
      readonly preconnection: Preconnection | null;
      readonly request: ConnectionRequest;
      /** How many bytes of the buffer the opening is; what lies behind belongs to TLS. */
      readonly length: number;
      /** The opening as it came, to be passed on unchanged: a view of the buffer. */
      readonly raw: Uint8Array;
      /** The Connection Request alone, for hosts that do not know the preconnection PDU: a view of the buffer. */
      readonly rawRequest: Uint8Array;
    }
  | { readonly kind: 'malformed'; readonly why: string };

/**
 * Looks at what a client sent so far, without taking it: an optional Preconnection PDU, then the X.224 Connection Request.
 * Never throws, and decides with `rdpLimits.opening` bytes at the latest.
 */
export function peekOpening(bytes: Uint8Array): PeekedOpening {
  try {
    return peek(bytes);
  } catch (error) {
    if (isRdpError(error)) return { kind: 'malformed', why: error.message };
    throw error;
  }
}

function peek(bytes: Uint8Array): PeekedOpening {
  if (bytes.length < 2) return { kind: 'more' };
  // A TPKT begins with 3 and 0. A preconnection PDU begins with its length, which is never 3.
  const direct = bytes[0] === 3 && bytes[1] === 0;
  const start = direct ? 0 : preconnectionLength(bytes);
  if (start === null || bytes.length < start) return { kind: 'more' };
  const rest = bytes.subarray(start);
  // A request has at most 255 bytes behind its length byte.
  const length = tpktLength(rest, rdpLimits.opening - rdpLimits.preconnection);
  if (length === null || rest.length < length) return { kind: 'more' };
  return {
    kind: 'opening',
    preconnection: direct ? null : readPreconnection(bytes.subarray(0, start)),
    request: readConnectionRequest(rest),
    length: start + length,
    raw: bytes.subarray(0, start + length),
    rawRequest: rest.subarray(0, length),
  };
}
