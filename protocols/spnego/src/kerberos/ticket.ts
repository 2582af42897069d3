import { application, type DerReader, readDer } from '@atelier/asn1';
import type { AuthorizationData } from '../security-context.ts';
import { type EncryptedData, type EncryptionKey, readEncryptedData, readKey } from './encrypted-data.ts';
import { type PrincipalName, readName, readRealm } from './principal.ts';

/** Ticket (RFC 4120 §5.3). Realm and service are in clear, so they prove nothing. */
export interface Ticket {
  readonly realm: string;
  readonly service: PrincipalName;
  readonly encrypted: EncryptedData;
}

export const readTicket = (reader: DerReader): Ticket =>
  reader.within(application(1), (inside) =>
    inside.sequence((fields) => {
      fields.explicit(0, (field) => field.integer());
      return {
        realm: fields.explicit(1, readRealm),
        service: fields.explicit(2, readName),
        encrypted: fields.explicit(3, readEncryptedData),
      };
    }),
  );

/** TicketFlags (§5.3), bit 0 the highest. */
export const ticketFlag = {
  forwardable: 0x40000000,
  forwarded: 0x20000000,
  invalid: 0x01000000,
  okAsDelegate: 0x00040000,
} as const;

/** EncTicketPart (§5.3): what the KDC vouches for. Times in ms since 1970. */
export interface TicketContent {
  readonly flags: number;
  readonly key: EncryptionKey;
  readonly clientRealm: string;
  readonly client: PrincipalName;
  readonly startTime: number;
  readonly endTime: number;
  readonly authorizationData: readonly AuthorizationData[] | null;
}

/** AuthorizationData (§5.2.6). */
export const readAuthorizationData = (reader: DerReader): AuthorizationData[] =>
  reader.sequenceOf((element) =>
    element.sequence((fields) => ({
      type: fields.explicit(0, (field) => field.integer()),
      data: fields.explicit(1, (field) => field.octetString()).slice(),
    })),
  );

/** Reads a decrypted EncTicketPart; throws Asn1Error. */
export const parseTicketContent = (bytes: Uint8Array): TicketContent =>
  readDer(bytes, (reader) =>
    reader.within(application(3), (inside) =>
      inside.sequence((fields) => {
        const flags = fields.explicit(0, (field) => field.flags());
        const key = fields.explicit(1, readKey);
        const clientRealm = fields.explicit(2, readRealm);
        const client = fields.explicit(3, readName);
        fields.explicit(4, (field) => field.element());
        const authTime = fields.explicit(5, (field) => field.time());
        const startTime = fields.optional(6, (field) => field.time()) ?? authTime;
        const endTime = fields.explicit(7, (field) => field.time());
        fields.optional(8, (field) => field.time());
        fields.optional(9, (field) => field.element());
        const authorizationData = fields.optional(10, readAuthorizationData) ?? null;
        return { flags, key, clientRealm, client, startTime, endTime, authorizationData };
      }),
    ),
  );
