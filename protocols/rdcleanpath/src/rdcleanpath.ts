import { Asn1Error, type DerReader, der, derLength, readDer, tag } from '@atelier/asn1';

/** What a browser asks its gateway for: a connection whose first message is already written. */
export interface CleanPathRequest {
  readonly destination: string;
  /** What the gateway admits by. A secret. */
  readonly proxyAuth: string;
  readonly serverAuth?: string;
  readonly preconnectionBlob?: string;
  /** The X.224 Connection Request, with its TPKT header. */
  readonly x224ConnectionPdu: Uint8Array;
}

/** What the gateway answers once TLS to the server stands: from here on the WebSocket carries what is inside of that TLS. */
export interface CleanPathResponse {
  readonly serverAddress: string;
  /** The X.224 Connection Confirm. */
  readonly x224ConnectionPdu: Uint8Array;
  /** DER of the server's certificate and its issuers; the client binds CredSSP to the first one's key. */
  readonly certificates: readonly Uint8Array[];
}

/** Why there is no connection. */
export interface CleanPathFailure {
  /** 1: general; 2: negotiation failed, with the server's Connection Confirm in the answer. */
  readonly errorCode: 1 | 2;
  readonly httpStatus?: number;
  readonly wsaError?: number;
  readonly tlsAlert?: number;
}

/** 3389 + 1: the only version there is. */
const version = 3390;
/** An opening that is longer is none: the longest parts are a token and 255 bytes of X.224. */
export const longestRequest = 16_384;

const utf8 = (reader: DerReader): string => reader.text(tag.utf8String);
const octets = (reader: DerReader): Uint8Array => reader.content(tag.octetString);

/**
 * Reads a request from the first bytes of a connection. Browsers may cut it into several messages.
 *
 * @returns null when more bytes are needed
 * @throws Asn1Error when this is no request, or a longer one than {@link longestRequest}
 */
export function readCleanPathRequest(
  bytes: Uint8Array,
): { readonly request: CleanPathRequest; readonly length: number } | null {
  const length = derLength(bytes);
  if (length !== null && length > longestRequest) throw new Asn1Error('asn1.limits', 'the request is too long');
  if (length === null || length > bytes.length) {
    if (bytes.length > longestRequest) throw new Asn1Error('asn1.limits', 'the request is too long');
    return null;
  }
  const request = readDer(bytes.subarray(0, length), (outer) =>
    outer.sequence((fields) => {
      const asked = fields.explicit(0, (field) => field.integer());
      if (asked !== version) throw new Asn1Error('asn1.malformed', `version ${asked} is not known`);
      const destination = fields.optional(2, utf8);
      const proxyAuth = fields.optional(3, utf8);
      const serverAuth = fields.optional(4, utf8);
      const preconnectionBlob = fields.optional(5, utf8);
      const x224 = fields.optional(6, octets);
      if (destination === undefined || proxyAuth === undefined || x224 === undefined)
        throw new Asn1Error('asn1.malformed', 'a request has a destination, an authorisation and an X.224 message');
      return { destination, proxyAuth, serverAuth, preconnectionBlob, x224ConnectionPdu: x224.slice() };
    }),
  );
  return { request, length };
}

/** A request as browsers write it; for tests and for programs that reach us as they do. */
export const writeCleanPathRequest = (request: CleanPathRequest): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(version)),
    der.explicit(2, der.text(tag.utf8String, request.destination)),
    der.explicit(3, der.text(tag.utf8String, request.proxyAuth)),
    request.serverAuth === undefined ? null : der.explicit(4, der.text(tag.utf8String, request.serverAuth)),
    request.preconnectionBlob === undefined
      ? null
      : der.explicit(5, der.text(tag.utf8String, request.preconnectionBlob)),
    der.explicit(6, der.octetString(request.x224ConnectionPdu)),
  );

/** The answer to a request that led to a server. */
export const writeCleanPathResponse = (response: CleanPathResponse): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(version)),
    der.explicit(6, der.octetString(response.x224ConnectionPdu)),
    der.explicit(7, der.sequence(...response.certificates.map((certificate) => der.octetString(certificate)))),
    der.explicit(9, der.text(tag.utf8String, response.serverAddress)),
  );

const optionalInteger = (n: number, value: number | undefined): Uint8Array | null =>
  value === undefined ? null : der.explicit(n, der.integer(value));

/** The answer to a request that led nowhere. `x224ConnectionPdu` goes with a failed negotiation. */
export const writeCleanPathFailure = (failure: CleanPathFailure, x224ConnectionPdu?: Uint8Array): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(version)),
    der.explicit(
      1,
      der.sequence(
        der.explicit(0, der.integer(failure.errorCode)),
        optionalInteger(1, failure.httpStatus),
        optionalInteger(2, failure.wsaError),
        optionalInteger(3, failure.tlsAlert),
      ),
    ),
    x224ConnectionPdu ? der.explicit(6, der.octetString(x224ConnectionPdu)) : null,
  );
