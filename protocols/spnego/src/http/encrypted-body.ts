/** Which mechanism sealed the parts: the word in `application/HTTP-…-session-encrypted`. */
export type EncryptionProtocol = 'SPNEGO' | 'Kerberos' | 'CredSSP';

/** One encrypted message inside a body. */
export interface EncryptedPart {
  /** The content type of the plain message: `application/soap+xml;charset=UTF-8`. */
  readonly contentType: string;
  /** Its length in plain. */
  readonly length: number;
  readonly header: Uint8Array;
  readonly data: Uint8Array;
}

/** An HTTP body and the value of its Content-Type header. */
export interface HttpBody {
  readonly contentType: string;
  readonly body: Uint8Array;
}

const typePattern = /^\s*multipart\/(?:x-multi-)?encrypted\s*;/i;
const protocolPattern = /;\s*protocol\s*=\s*"application\/HTTP-(SPNEGO|Kerberos|CredSSP)-session-encrypted"/i;
const boundaryPattern = /;\s*boundary\s*=\s*(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i;

/** What the Content-Type of an encrypted body says. */
export interface EncryptedType {
  readonly protocol: EncryptionProtocol;
  readonly boundary: string;
}

/**
 * Reads `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"` (MS-WSMV
 * §2.2.9.1) and its `x-multi-encrypted` form. Null if the content type is another one, or names another protocol.
 */
export function parseEncryptedType(contentType: string): EncryptedType | null {
  if (contentType.length > 1000 || !typePattern.test(contentType)) return null;
  const word = protocolPattern.exec(contentType)?.[1]?.toLowerCase();
  const found = boundaryPattern.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (!word || !boundary) return null;
  return { protocol: word === 'spnego' ? 'SPNEGO' : word === 'kerberos' ? 'Kerberos' : 'CredSSP', boundary };
}

/** Which protocol an encrypted body is sealed with; null if the body is not encrypted. */
export const encryptionProtocolOf = (contentType: string): EncryptionProtocol | null =>
  parseEncryptedType(contentType)?.protocol ?? null;

export const protocolType = (protocol: EncryptionProtocol): string => `application/HTTP-${protocol}-session-encrypted`;
