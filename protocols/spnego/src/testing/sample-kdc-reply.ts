import { application, der } from '@atelier/asn1';
import { encodeEncryptedData, encodeKey } from '../kerberos/encrypted-data.ts';
import { encodeName, encodeRealm } from '../kerberos/principal.ts';
import type { ServiceTicket } from '../kerberos/service-ticket.ts';

/** An AS-REP as a KDC would send it, and its decrypted part. */
export function sampleKdcReply(ticket: ServiceTicket) {
  const kdcReply = der.element(
    application(11),
    der.sequence(
      der.explicit(0, der.integer(5)),
      der.explicit(1, der.integer(11)),
      der.explicit(3, encodeRealm(ticket.clientRealm)),
      der.explicit(4, encodeName(ticket.client, 1)),
      der.explicit(5, ticket.ticket),
      der.explicit(6, encodeEncryptedData(18, new Uint8Array(60), 1)),
    ),
  );
  const kdcContent = der.element(
    application(25),
    der.sequence(
      der.explicit(0, encodeKey({ encryptionType: 18, key: ticket.sessionKey })),
      der.explicit(1, der.sequence()),
      der.explicit(2, der.integer(42)),
      der.explicit(4, der.flags(ticket.flags)),
      der.explicit(5, der.time(ticket.startTime)),
      der.explicit(7, der.time(ticket.endTime)),
      der.explicit(9, encodeRealm(ticket.realm)),
      der.explicit(10, encodeName(ticket.service, 2)),
    ),
  );
  return { kdcReply, kdcContent };
}
