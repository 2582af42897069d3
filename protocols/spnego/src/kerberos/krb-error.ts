import { application, type DerReader, der, tag } from '@atelier/asn1';
import { readToken } from '../read-token.ts';
import { SpnegoError } from '../spnego-error.ts';
import type { SpnegoErrorCode } from '../spnego-errors.ts';
import { encodeName, encodeRealm, nameType, type PrincipalName } from './principal.ts';

/** Error numbers of RFC 4120 §7.5.9 that we send or look at. */
export const krbError = {
  clientUnknown: 6,
  serverUnknown: 7,
  clientRevoked: 18,
  keyExpired: 23,
  preauthFailed: 24,
  preauthRequired: 25,
  badIntegrity: 31,
  ticketExpired: 32,
  ticketNotYetValid: 33,
  replay: 34,
  notUs: 35,
  badMatch: 36,
  skew: 37,
  noKey: 45,
  badChecksum: 50,
  responseTooBig: 52,
  generic: 60,
} as const;

/** KRB-ERROR (§5.9.1), what we look at. */
export interface KrbErrorMessage {
  readonly code: number;
  /** The sender's time in ms since 1970. */
  readonly time: number;
  readonly text: string;
  readonly data: Uint8Array | null;
}

export const isKrbError = (bytes: Uint8Array): boolean => bytes[0] === application(30);

export const parseKrbError = (bytes: Uint8Array): KrbErrorMessage =>
  readToken(bytes, 'a kerberos error', (reader) =>
    reader.within(application(30), (inside) =>
      inside.sequence((fields) => {
        const skip = (n: number, read: (field: DerReader) => unknown) => void fields.optional(n, read);
        skip(0, (field) => field.integer());
        skip(1, (field) => field.integer());
        skip(2, (field) => field.time());
        skip(3, (field) => field.integer());
        const time = fields.explicit(4, (field) => field.time());
        skip(5, (field) => field.integer());
        const code = fields.explicit(6, (field) => field.integer());
        skip(7, (field) => field.element());
        skip(8, (field) => field.element());
        skip(9, (field) => field.element());
        skip(10, (field) => field.element());
        const text =
          fields.optional(11, (field) => Buffer.from(field.content(tag.generalString)).toString('latin1')) ?? '';
        const data = fields.optional(12, (field) => field.octetString()) ?? null;
        fields.skipRest();
        return { code, time, text, data };
      }),
    ),
  );

export const encodeKrbError = (code: number, now: number, realm: string, service: PrincipalName): Uint8Array =>
  der.element(
    application(30),
    der.sequence(
      der.explicit(0, der.integer(5)),
      der.explicit(1, der.integer(30)),
      der.explicit(4, der.time(now)),
      der.explicit(5, der.integer(Math.trunc(now % 1000) * 1000)),
      der.explicit(6, der.integer(code)),
      der.explicit(9, encodeRealm(realm)),
      der.explicit(10, encodeName(service, nameType.service)),
    ),
  );

const names = new Map<number, string>(Object.entries(krbError).map(([name, code]) => [code, name]));

/** A KRB-ERROR that we were sent, as an error of ours. */
export function errorOfKrb(bytes: Uint8Array, who: 'kdc' | 'server'): SpnegoError {
  const { code, text } = parseKrbError(bytes);
  const printable = text.replace(/[^\x20-\x7e]/g, '').slice(0, 200);
  const words = `the ${who} answered with kerberos error ${code} (${names.get(code) ?? 'unknown'})${printable ? `: ${printable}` : ''}`;
  const codes: Readonly<Record<number, SpnegoErrorCode>> = {
    [krbError.clientUnknown]: 'spnego.refused',
    [krbError.clientRevoked]: 'spnego.refused',
    [krbError.keyExpired]: 'spnego.refused',
    [krbError.preauthFailed]: 'spnego.refused',
    [krbError.skew]: 'spnego.clock-skew',
    [krbError.replay]: 'spnego.replay',
    [krbError.ticketExpired]: 'spnego.ticket',
    [krbError.ticketNotYetValid]: 'spnego.ticket',
    [krbError.badIntegrity]: 'spnego.ticket',
    [krbError.noKey]: 'spnego.key-missing',
    [krbError.notUs]: 'spnego.key-missing',
  };
  return new SpnegoError(codes[code] ?? (who === 'kdc' ? 'spnego.kdc' : 'spnego.refused'), words);
}
