import { application, der } from '@atelier/asn1';
import { oid } from '../negotiate/mechanism-ids.ts';
import { readToken } from '../read-token.ts';
import { SpnegoError } from '../spnego-error.ts';

/** TOK_ID of RFC 4121 §4.1. */
export const tokenId = { request: 0x0100, reply: 0x0200, error: 0x0300 } as const;

/** Splits a GSS token of Kerberos into its TOK_ID and what follows. The mechanism was looked at already. */
export function parseGssToken(bytes: Uint8Array): { readonly id: number; readonly body: Uint8Array } {
  const content = readToken(bytes, 'a kerberos token', (reader) => reader.content(application(0)));
  const at = 2 + (content[1] ?? 0);
  if (content[0] !== 6 || content.length < at + 2)
    throw new SpnegoError('spnego.malformed', 'a kerberos token is cut off');
  return { id: content[at]! * 256 + content[at + 1]!, body: content.subarray(at + 2) };
}

export const encodeGssToken = (id: number, body: Uint8Array): Uint8Array =>
  der.element(application(0), der.objectIdentifier(oid.kerberos), Uint8Array.of(id >> 8, id & 255), body);
