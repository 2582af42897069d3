import { application, der } from '@atelier/asn1';
import { encryptionTypeIds } from './encryption-type.ts';
import { encodeName, encodeRealm, nameType, type PrincipalName } from './principal.ts';

/** PA-DATA types (RFC 4120 §7.5.2). */
export const preauth = { tgsRequest: 1, encryptedTimestamp: 2, encryptionTypeInfo2: 19 } as const;

/** KDCOptions (§5.4.1), bit 0 the highest. */
export const kdcOption = { forwardable: 0x40000000, renewable: 0x00800000, canonicalize: 0x00010000 } as const;

/** KDC-REQ-BODY (§5.4.1), what we say in it. */
export interface KdcRequestBody {
  readonly options: number;
  /** Only in AS-REQ. */
  readonly client: PrincipalName | null;
  readonly realm: string;
  readonly service: PrincipalName;
  /** Until when the ticket should be good, in ms since 1970. */
  readonly till: number;
  /** 31 random bits that come back. */
  readonly nonce: number;
}

export const encodeRequestBody = (body: KdcRequestBody): Uint8Array =>
  der.sequence(
    der.explicit(0, der.flags(body.options)),
    der.explicit(1, body.client && encodeName(body.client, nameType.principal)),
    der.explicit(2, encodeRealm(body.realm)),
    der.explicit(3, encodeName(body.service, nameType.service)),
    der.explicit(5, der.time(body.till)),
    der.explicit(7, der.integer(body.nonce)),
    der.explicit(8, der.sequence(...encryptionTypeIds.map(der.integer))),
  );

/** KDC-REQ (§5.4.1): AS-REQ (10) or TGS-REQ (12) around a body in DER. */
export const encodeKdcRequest = (
  type: 10 | 12,
  padata: readonly { readonly type: number; readonly value: Uint8Array }[],
  body: Uint8Array,
): Uint8Array =>
  der.element(
    application(type),
    der.sequence(
      der.explicit(1, der.integer(5)),
      der.explicit(2, der.integer(type)),
      der.explicit(
        3,
        padata.length === 0
          ? null
          : der.sequence(
              ...padata.map((one) =>
                der.sequence(der.explicit(1, der.integer(one.type)), der.explicit(2, der.octetString(one.value))),
              ),
            ),
      ),
      der.explicit(4, body),
    ),
  );
