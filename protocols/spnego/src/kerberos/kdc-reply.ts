import { application, type DerReader, tag } from '@atelier/asn1';
import { readToken } from '../read-token.ts';
import { SpnegoError } from '../spnego-error.ts';
import { type EncryptedData, type EncryptionKey, readEncryptedData, readKey } from './encrypted-data.ts';
import { preauth } from './kdc-request.ts';
import { type PrincipalName, readName, readRealm } from './principal.ts';

/** AS-REP or TGS-REP (RFC 4120 §5.4.2) as it travels. */
export interface KdcReply {
  readonly padata: readonly PreauthData[];
  readonly clientRealm: string;
  readonly client: PrincipalName;
  /** Ticket in DER. */
  readonly ticket: Uint8Array;
  readonly encrypted: EncryptedData;
}

/** EncKDCRepPart: what the KDC tells under the client's key. Times in ms since 1970. */
export interface KdcReplyContent {
  readonly key: EncryptionKey;
  readonly nonce: number;
  readonly flags: number;
  readonly startTime: number;
  readonly endTime: number;
  readonly realm: string;
  readonly service: PrincipalName;
}

/** PA-DATA (§5.2.7). */
export interface PreauthData {
  readonly type: number;
  readonly value: Uint8Array;
}

const readPreauth = (reader: DerReader): PreauthData[] =>
  reader.sequenceOf((element) =>
    element.sequence((fields) => ({
      type: fields.explicit(1, (field) => field.integer()),
      value: fields.explicit(2, (field) => field.octetString()),
    })),
  );

/** METHOD-DATA (§5.9.1): what the KDC wants to see first. */
export const parseMethodData = (bytes: Uint8Array): PreauthData[] =>
  readToken(bytes, 'the kdc’s wishes', readPreauth, 'spnego.kdc');

/** One row of ETYPE-INFO2 (§5.2.7.5): with what salt and parameter to make a key of the password. */
export interface KeyRecipe {
  readonly encryptionType: number;
  readonly salt: string | null;
  readonly parameter: Uint8Array | null;
}

/** The recipes that the KDC gives; empty if it gives none. */
export function keyRecipes(padata: readonly PreauthData[]): KeyRecipe[] {
  const info = padata.find((one) => one.type === preauth.encryptionTypeInfo2);
  if (!info) return [];
  const read = (reader: DerReader) =>
    reader.sequenceOf((row) =>
      row.sequence((fields) => ({
        encryptionType: fields.explicit(0, (field) => field.integer()),
        salt: fields.optional(1, (field) => field.text(tag.generalString)) ?? null,
        parameter: fields.optional(2, (field) => field.octetString()) ?? null,
      })),
    );
  return readToken(info.value, 'the kdc’s list of encryption types', read, 'spnego.kdc');
}

/** `type` is 11 (AS-REP) or 13 (TGS-REP). */
export const parseKdcReply = (bytes: Uint8Array, type: 11 | 13): KdcReply =>
  readToken(
    bytes,
    'the kdc’s reply',
    (reader) =>
      reader.within(application(type), (inside) =>
        inside.sequence((fields) => {
          const version = fields.explicit(0, (field) => field.integer());
          const found = fields.explicit(1, (field) => field.integer());
          if (version !== 5 || found !== type)
            throw new SpnegoError('spnego.kdc', `the kdc sent a message of type ${found}`);
          return {
            padata: fields.optional(2, readPreauth) ?? [],
            clientRealm: fields.explicit(3, readRealm),
            client: fields.explicit(4, readName),
            ticket: fields.explicit(5, (field) => field.element()).slice(),
            encrypted: fields.explicit(6, readEncryptedData),
          };
        }),
      ),
    'spnego.kdc',
  );

/** Reads a decrypted EncASRepPart or EncTGSRepPart: some KDCs write the one's tag for the other. */
export const parseKdcReplyContent = (bytes: Uint8Array): KdcReplyContent =>
  readToken(
    bytes,
    'the kdc’s reply',
    (reader) =>
      reader.within(reader.peek() === application(26) ? application(26) : application(25), (inside) =>
        inside.sequence((fields) => {
          const key = fields.explicit(0, readKey);
          fields.explicit(1, (field) => field.element());
          const nonce = fields.explicit(2, (field) => field.integer());
          fields.optional(3, (field) => field.time());
          const flags = fields.explicit(4, (field) => field.flags());
          const authTime = fields.explicit(5, (field) => field.time());
          const startTime = fields.optional(6, (field) => field.time()) ?? authTime;
          const endTime = fields.explicit(7, (field) => field.time());
          fields.optional(8, (field) => field.time());
          const realm = fields.explicit(9, readRealm);
          const service = fields.explicit(10, readName);
          fields.skipRest();
          return { key, nonce, flags, startTime, endTime, realm, service };
        }),
      ),
    'spnego.kdc',
  );
