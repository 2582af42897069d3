import { AtelierError } from '@atelier/domain/errors';

/** An enrolment token as a person copies it: what the server asks for, and which authority the server must have. */
export interface EnrollmentToken {
  readonly secret: string;
  /** SHA-256 of the authority's certificate (DER), lower-case hexadecimal. */
  readonly caFingerprint: string;
}

/** Takes `TOKEN.CAFINGERPRINT` apart; throws `endpoint.token-invalid`. */
export function parseEnrollmentToken(text: string): EnrollmentToken {
  const at = text.trim().lastIndexOf('.');
  const secret = text.trim().slice(0, at);
  const fingerprint = text
    .trim()
    .slice(at + 1)
    .replaceAll(':', '');
  if (at > 0 && /^[0-9a-fA-F]{64}$/.test(fingerprint)) return { secret, caFingerprint: fingerprint.toLowerCase() };
  if (at > 0 && /^[A-Za-z0-9_-]{43}$/.test(fingerprint))
    return { secret, caFingerprint: Buffer.from(fingerprint, 'base64url').toString('hex') };
  throw new AtelierError(
    'endpoint.token-invalid',
    'the token does not end with the fingerprint of the server’s authority',
  );
}
