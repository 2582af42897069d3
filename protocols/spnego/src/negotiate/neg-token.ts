import { application, context, type DerReader, der, tag } from '@atelier/asn1';
import { readToken } from '../read-token.ts';
import { SpnegoError } from '../spnego-error.ts';
import { oid } from './mechanism-ids.ts';

/** What the initiator begins with (RFC 4178 §4.2.1; MS-SPNG's NegTokenInit2 is read, too). */
export interface NegTokenInit {
  readonly mechanisms: readonly string[];
  /** The list as it travelled: what the mechListMIC is over. */
  readonly mechanismList: Uint8Array;
  readonly token: Uint8Array | null;
}

/** NegState (RFC 4178 §4.2.2). */
export const negState = { completed: 0, incomplete: 1, reject: 2, requestMic: 3 } as const;

/** Every later message. */
export interface NegTokenResp {
  readonly state: number | null;
  readonly mechanism: string | null;
  readonly token: Uint8Array | null;
  readonly mic: Uint8Array | null;
}

/** The list in DER, as it goes into the NegTokenInit and under the mechListMIC. */
export const mechanismList = (ids: readonly string[]): Uint8Array => der.sequence(...ids.map(der.objectIdentifier));

/** The object identifier of a GSS-API token (RFC 2743 §3.1), or null if `bytes` are none. */
export function gssMechanism(bytes: Uint8Array): string | null {
  if (bytes[0] !== application(0)) return null;
  return readToken(bytes, 'a gss token', (reader) => {
    // What follows the identifier need not be DER (Kerberos puts two octets there).
    const content = reader.content(application(0));
    const length = (content[1] ?? 0) + 2;
    if (content[0] !== tag.objectIdentifier || length > 66 || length > content.length)
      throw new SpnegoError('spnego.malformed', 'a gss token does not name its mechanism');
    return readToken(content.subarray(0, length), 'a gss token', (inner) => inner.objectIdentifier());
  });
}

function readInit(reader: DerReader): NegTokenInit {
  return reader.within(context(0), (choice) =>
    choice.sequence((fields) => {
      let list = new Uint8Array(0);
      const mechanisms = fields.explicit(0, (field) => {
        list = Uint8Array.from(field.element());
        return readToken(list, 'a list of mechanisms', (inner) => inner.sequenceOf((one) => one.objectIdentifier()));
      });
      if (mechanisms.length === 0 || mechanisms.length > 32)
        throw new SpnegoError('spnego.malformed', `a list of mechanisms has ${mechanisms.length}`);
      fields.optional(1, (field) => field.bitString());
      const token = fields.optional(2, (field) => field.octetString()) ?? null;
      // [3] is mechListMIC or negHints, [4] the other's mechListMIC: neither says anything before there are keys.
      fields.optional(3, (field) => field.element());
      fields.optional(4, (field) => field.element());
      return { mechanisms, mechanismList: list, token };
    }),
  );
}

/** Reads a NegTokenInit with or without the GSS-API header. */
export function parseNegTokenInit(bytes: Uint8Array): NegTokenInit {
  return readToken(bytes, 'a spnego token', (reader) =>
    reader.peek() === application(0)
      ? reader.within(application(0), (inside) => {
          const id = inside.objectIdentifier();
          if (id !== oid.spnego) throw new SpnegoError('spnego.malformed', `a gss token is for ${id}, not for spnego`);
          return readInit(inside);
        })
      : readInit(reader),
  );
}

export function encodeNegTokenInit(list: Uint8Array, token: Uint8Array): Uint8Array {
  const init = der.sequence(der.explicit(0, list), der.explicit(2, der.octetString(token)));
  return der.element(application(0), der.objectIdentifier(oid.spnego), der.explicit(0, init));
}

export function parseNegTokenResp(bytes: Uint8Array): NegTokenResp {
  return readToken(bytes, 'a spnego token', (reader) =>
    reader.within(context(1), (choice) =>
      choice.sequence((fields) => {
        const state = fields.optional(0, (field) => field.enumerated()) ?? null;
        if (state !== null && (state < 0 || state > 3))
          throw new SpnegoError('spnego.malformed', `a spnego token has the state ${state}`);
        return {
          state,
          mechanism: fields.optional(1, (field) => field.objectIdentifier()) ?? null,
          token: fields.optional(2, (field) => field.octetString()) ?? null,
          mic: fields.optional(3, (field) => field.octetString()) ?? null,
        };
      }),
    ),
  );
}

export function encodeNegTokenResp(response: Partial<NegTokenResp>): Uint8Array {
  const { state, mechanism, token, mic } = response;
  const fields = der.sequence(
    der.explicit(0, state == null ? null : der.enumerated(state)),
    der.explicit(1, mechanism ? der.objectIdentifier(mechanism) : null),
    der.explicit(2, token ? der.octetString(token) : null),
    der.explicit(3, mic ? der.octetString(mic) : null),
  );
  return der.explicit(1, fields);
}
