import { application, der, readDer } from '@atelier/asn1';
import { type EncryptionKey, encodeKey, readKey } from './encrypted-data.ts';
import { encodeName, encodeRealm, nameType, type PrincipalName, readName, readRealm } from './principal.ts';

/** Authenticator (RFC 4120 §5.5.1): proves that the client has the ticket's session key, now. */
export interface Authenticator {
  readonly clientRealm: string;
  readonly client: PrincipalName;
  readonly checksum: { readonly type: number; readonly value: Uint8Array } | null;
  /** Milliseconds since 1970, without those below a second, and the microseconds of that second. */
  readonly time: number;
  readonly microseconds: number;
  readonly subkey: EncryptionKey | null;
  readonly sequence: number | null;
}

/** Reads a decrypted Authenticator; throws Asn1Error. */
export const parseAuthenticator = (bytes: Uint8Array): Authenticator =>
  readDer(bytes, (reader) =>
    reader.within(application(2), (inside) =>
      inside.sequence((fields) => {
        fields.explicit(0, (field) => field.integer());
        const clientRealm = fields.explicit(1, readRealm);
        const client = fields.explicit(2, readName);
        const checksum =
          fields.optional(3, (field) =>
            field.sequence((parts) => ({
              type: parts.explicit(0, (part) => part.integer()),
              value: parts.explicit(1, (part) => part.octetString()),
            })),
          ) ?? null;
        const microseconds = fields.explicit(4, (field) => field.integer());
        const time = fields.explicit(5, (field) => field.time());
        const subkey = fields.optional(6, readKey) ?? null;
        // Older clients write it as a signed number.
        const sequence = fields.optional(7, (field) => field.integer() >>> 0) ?? null;
        fields.optional(8, (field) => field.element());
        return { clientRealm, client, checksum, time, microseconds, subkey, sequence };
      }),
    ),
  );

export const encodeAuthenticator = (value: Authenticator): Uint8Array =>
  der.element(
    application(2),
    der.sequence(
      der.explicit(0, der.integer(5)),
      der.explicit(1, encodeRealm(value.clientRealm)),
      der.explicit(2, encodeName(value.client, nameType.principal)),
      der.explicit(
        3,
        value.checksum &&
          der.sequence(
            der.explicit(0, der.integer(value.checksum.type)),
            der.explicit(1, der.octetString(value.checksum.value)),
          ),
      ),
      der.explicit(4, der.integer(value.microseconds)),
      der.explicit(5, der.time(value.time)),
      der.explicit(6, value.subkey && encodeKey(value.subkey)),
      der.explicit(7, value.sequence === null ? null : der.integer(value.sequence)),
    ),
  );
