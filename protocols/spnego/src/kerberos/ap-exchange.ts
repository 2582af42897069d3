import { application, der, readDer } from '@atelier/asn1';
import { readToken } from '../read-token.ts';
import { SpnegoError } from '../spnego-error.ts';
import {
  type EncryptedData,
  type EncryptionKey,
  encodeEncryptedData,
  encodeKey,
  readEncryptedData,
  readKey,
} from './encrypted-data.ts';
import { readTicket, type Ticket } from './ticket.ts';

/** APOptions (RFC 4120 §5.5.1). */
export const apOption = { useSessionKey: 0x40000000, mutualRequired: 0x20000000 } as const;

/** AP-REQ (§5.5.1). */
export interface ApRequest {
  readonly options: number;
  readonly ticket: Ticket;
  readonly authenticator: EncryptedData;
}

function checkVersion(version: number, type: number, due: number): void {
  if (version !== 5 || type !== due)
    throw new SpnegoError(
      'spnego.malformed',
      `a kerberos message has version ${version} and type ${type}, not 5 and ${due}`,
    );
}

export const parseApRequest = (bytes: Uint8Array): ApRequest =>
  readToken(bytes, 'a kerberos request', (reader) =>
    reader.within(application(14), (inside) =>
      inside.sequence((fields) => {
        checkVersion(
          fields.explicit(0, (field) => field.integer()),
          fields.explicit(1, (field) => field.integer()),
          14,
        );
        return {
          options: fields.explicit(2, (field) => field.flags()),
          ticket: fields.explicit(3, readTicket),
          authenticator: fields.explicit(4, readEncryptedData),
        };
      }),
    ),
  );

/** `ticket` is a Ticket in DER. */
export const encodeApRequest = (
  options: number,
  ticket: Uint8Array,
  encryptionType: number,
  cipher: Uint8Array,
): Uint8Array =>
  der.element(
    application(14),
    der.sequence(
      der.explicit(0, der.integer(5)),
      der.explicit(1, der.integer(14)),
      der.explicit(2, der.flags(options)),
      der.explicit(3, ticket),
      der.explicit(4, encodeEncryptedData(encryptionType, cipher)),
    ),
  );

export const parseApReply = (bytes: Uint8Array): EncryptedData =>
  readToken(bytes, 'a kerberos reply', (reader) =>
    reader.within(application(15), (inside) =>
      inside.sequence((fields) => {
        checkVersion(
          fields.explicit(0, (field) => field.integer()),
          fields.explicit(1, (field) => field.integer()),
          15,
        );
        return fields.explicit(2, readEncryptedData);
      }),
    ),
  );

export const encodeApReply = (encryptionType: number, cipher: Uint8Array): Uint8Array =>
  der.element(
    application(15),
    der.sequence(
      der.explicit(0, der.integer(5)),
      der.explicit(1, der.integer(15)),
      der.explicit(2, encodeEncryptedData(encryptionType, cipher)),
    ),
  );

/** EncAPRepPart (§5.5.2). Time in ms since 1970 without those below a second. */
export interface ApReplyContent {
  readonly time: number;
  readonly microseconds: number;
  readonly subkey: EncryptionKey | null;
  readonly sequence: number | null;
}

/** Reads a decrypted EncAPRepPart; throws Asn1Error. */
export const parseApReplyContent = (bytes: Uint8Array): ApReplyContent =>
  readDer(bytes, (reader) =>
    reader.within(application(27), (inside) =>
      inside.sequence((fields) => ({
        time: fields.explicit(0, (field) => field.time()),
        microseconds: fields.explicit(1, (field) => field.integer()),
        subkey: fields.optional(2, readKey) ?? null,
        sequence: fields.optional(3, (field) => field.integer() >>> 0) ?? null,
      })),
    ),
  );

export const encodeApReplyContent = (value: ApReplyContent): Uint8Array =>
  der.element(
    application(27),
    der.sequence(
      der.explicit(0, der.time(value.time)),
      der.explicit(1, der.integer(value.microseconds)),
      der.explicit(2, value.subkey && encodeKey(value.subkey)),
      der.explicit(3, value.sequence === null ? null : der.integer(value.sequence)),
    ),
  );
