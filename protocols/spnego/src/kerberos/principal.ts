import { type DerReader, der, tag } from '@atelier/asn1';

/** The parts of a name: `['HTTP', 'web.example.org']`. */
export type PrincipalName = readonly string[];

/** Name types (RFC 4120 §6.2). */
export const nameType = { principal: 1, service: 2, serviceHost: 3 } as const;

/** PrincipalName (§5.2.2); the type says nothing that we use. */
export const readName = (reader: DerReader): PrincipalName =>
  reader.sequence((fields) => {
    fields.explicit(0, (field) => field.integer());
    return fields.explicit(1, (field) => field.sequenceOf((part) => part.text(tag.generalString)));
  });

export const encodeName = (name: PrincipalName, type: number): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(type)),
    der.explicit(1, der.sequence(...name.map((part) => der.text(tag.generalString, part)))),
  );

export const readRealm = (reader: DerReader): string => reader.text(tag.generalString);
export const encodeRealm = (realm: string): Uint8Array => der.text(tag.generalString, realm);

/** `HTTP/web.example.org`; slashes, at signs and backslashes inside parts are escaped. */
export const showName = (name: PrincipalName): string =>
  name.map((part) => part.replace(/[\\/@]/g, (letter) => `\\${letter}`)).join('/');

/** Whether two names are the same, letter by letter. */
export const sameName = (a: PrincipalName, b: PrincipalName): boolean =>
  a.length === b.length && a.every((part, i) => part === b[i]);
