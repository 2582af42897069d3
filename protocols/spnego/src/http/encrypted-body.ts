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
