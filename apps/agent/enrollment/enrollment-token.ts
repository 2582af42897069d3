import { AtelierError } from '@atelier/domain/errors';

/** A token for hosts as a person copies it. */
export interface HostToken {
  /** The whole text: what the server asks for. */
  readonly text: string;
  /** SHA-256 of the certificate of the server's authority (DER), lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** Takes `SECRET.FINGERPRINT` apart. @throws AtelierError `host.token-invalid` */
export function parseHostToken(given: string): HostToken {
  const text = given.trim();
  const fingerprint = /^[\w-]+\.([0-9a-f]{64})$/i.exec(text)?.[1];
  if (!fingerprint)
    throw new AtelierError('host.token-invalid', 'it does not end with the fingerprint of the server’s authority');
  return { text, fingerprint: fingerprint.toLowerCase() };
}
