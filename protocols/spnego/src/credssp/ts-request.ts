import { type DerReader, der } from '@atelier/asn1';
import { readToken } from '../read-token.ts';
import { SpnegoError } from '../spnego-error.ts';

/** TSRequest (MS-CSSP §2.2.1). */
export interface TsRequest {
  readonly version: number;
  readonly token?: Uint8Array | null;
  readonly authInfo?: Uint8Array | null;
  readonly pubKeyAuth?: Uint8Array | null;
  /** NTSTATUS as an unsigned number. */
  readonly errorCode?: number | null;
  readonly clientNonce?: Uint8Array | null;
}

export const longestTsRequest = 64 * 1024;

const octets = (fields: DerReader, n: number) => fields.optional(n, (field) => field.octetString()) ?? null;

export const parseTsRequest = (bytes: Uint8Array): TsRequest =>
  readToken(bytes, 'a credssp message', (reader) =>
    reader.sequence((fields) => {
      const version = fields.explicit(0, (field) => field.integer());
      const tokens = fields.optional(1, (field) =>
        field.sequenceOf((one) => one.sequence((inner) => inner.explicit(0, (token) => token.octetString()))),
      );
      if (tokens && tokens.length !== 1)
        throw new SpnegoError('spnego.malformed', `a credssp message carries ${tokens.length} tokens`);
      const authInfo = octets(fields, 2);
      const pubKeyAuth = octets(fields, 3);
      const errorCode = fields.optional(4, (field) => field.integer() >>> 0) ?? null;
      const clientNonce = octets(fields, 5);
      fields.skipRest();
      return { version, token: tokens?.[0] ?? null, authInfo, pubKeyAuth, errorCode, clientNonce };
    }),
  );

export const encodeTsRequest = (request: TsRequest): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(request.version)),
    der.explicit(1, request.token && der.sequence(der.sequence(der.explicit(0, der.octetString(request.token))))),
    der.explicit(2, request.authInfo && der.octetString(request.authInfo)),
    der.explicit(3, request.pubKeyAuth && der.octetString(request.pubKeyAuth)),
    // As a signed number of four octets: FreeRDP reads no longer one.
    der.explicit(4, request.errorCode == null ? null : der.integer(request.errorCode | 0)),
    der.explicit(5, request.clientNonce && der.octetString(request.clientNonce)),
  );
