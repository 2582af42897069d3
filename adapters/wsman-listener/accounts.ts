import type { OperationUser } from '@atelier/plugin-kit';
import type { Keytab } from '@atelier/spnego';

/** Knows the people who may log on. Every method gives null for "no"; an error means that nobody could be asked. */
export interface Accounts {
  /** Whether name and password belong together (Basic). */
  readonly checkPassword: (name: string, password: string, signal: AbortSignal) => Promise<OperationUser | null>;
  /** The user whom a ticket, an NTLM logon or a certificate proved: `realm` is empty for an account of this machine. */
  readonly find: (name: string, realm: string) => Promise<OperationUser | null>;
  /** NT hash (16 bytes) of a local account, for NTLM. Without it NTLM is not offered. */
  readonly ntHash?: (name: string) => Promise<Uint8Array | null>;
  /** Our services' keys, for Kerberos. Without it Kerberos is not offered. */
  readonly keytab?: () => Keytab | null;
}
