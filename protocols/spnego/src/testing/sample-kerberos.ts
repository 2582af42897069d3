import { application, der } from '@atelier/asn1';
import { encodeEncryptedData, encodeKey } from '../kerberos/encrypted-data.ts';
import { encryptionType } from '../kerberos/encryption-type.ts';
import type { Keytab } from '../kerberos/keytab.ts';
import { encodeName, encodeRealm } from '../kerberos/principal.ts';
import type { ServiceTicket } from '../kerberos/service-ticket.ts';
import { usage } from '../kerberos/usage-constant.ts';

/** How a sample ticket differs from a good one. */
export interface TicketWish {
  readonly type?: number;
  /** The service named in clear; the key stays that of HTTP/web. */
  readonly service?: readonly string[];
  readonly client?: readonly string[];
  readonly version?: number;
  readonly serviceKey?: Uint8Array;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly flags?: number;
}

/** A realm without a KDC: the keys of its services, and tickets made with them. `now` in ms since 1970. */
export function sampleKerberos(now: number) {
  const realm = 'SAMPLE.TEST';
  const keyOf = (type: number, seed: number) =>
    Uint8Array.from({ length: encryptionType(type)!.keyBytes }, (_, i) => (i * 7 + seed) & 255);
  const keytab: Keytab = {
    entries: [17, 18, 19, 20].flatMap((type) =>
      [
        ['HTTP', 'web'],
        ['ldap', 'web'],
      ].map((name, i) => ({
        realm,
        name,
        version: 3,
        encryptionType: type,
        key: keyOf(type, i + 1),
      })),
    ),
  };
  const ticket = (wish: TicketWish): ServiceTicket => {
    const { type = 18, service = ['HTTP', 'web'], client = ['alice'], version = 3, flags = 0x40000000 } = wish;
    const { startTime = now - 60_000, endTime = now + 3_600_000, serviceKey = keyOf(type, 1) } = wish;
    const sessionKey = keyOf(type, 99);
    const content = der.element(
      application(3),
      der.sequence(
        der.explicit(0, der.flags(flags)),
        der.explicit(1, encodeKey({ encryptionType: type, key: sessionKey })),
        der.explicit(2, encodeRealm(realm)),
        der.explicit(3, encodeName(client, 1)),
        der.explicit(
          4,
          der.sequence(der.explicit(0, der.integer(1)), der.explicit(1, der.octetString(new Uint8Array(0)))),
        ),
        der.explicit(5, der.time(startTime)),
        der.explicit(7, der.time(endTime)),
      ),
    );
    const cipher = encryptionType(type)!.use(serviceKey, usage.ticket).encrypt(content, new Uint8Array(16).fill(5));
    const bytes = der.element(
      application(1),
      der.sequence(
        der.explicit(0, der.integer(5)),
        der.explicit(1, encodeRealm(realm)),
        der.explicit(2, encodeName(service, 2)),
        der.explicit(3, encodeEncryptedData(type, cipher, version)),
      ),
    );
    return {
      clientRealm: realm,
      client,
      realm,
      service,
      ticket: bytes,
      encryptionType: type,
      sessionKey,
      flags,
      startTime,
      endTime,
    };
  };
  return { realm, keytab, keyOf, ticket };
}
