import type { Mechanism } from '../security-context.ts';

/** Object identifiers of SPNEGO (RFC 4178), Kerberos (RFC 4121; the second is Windows 2000's slip of the pen) and NTLM. */
export const oid = {
  spnego: '1.3.6.1.5.5.2',
  kerberos: '1.2.840.113554.1.2.2',
  microsoftKerberos: '1.2.840.48018.1.2.2',
  ntlm: '1.3.6.1.4.1.311.2.2.10',
} as const;

/** Which mechanism an identifier stands for; null for those that we do not speak. */
export const mechanismOf = (id: string): Mechanism | null =>
  id === oid.ntlm ? 'ntlm' : id === oid.kerberos || id === oid.microsoftKerberos ? 'kerberos' : null;
