import { z } from 'zod';

/** How the server signs in to a host. `certificate` is what enrolment sets up; the others are for Windows and foreign hosts. */
export const hostSignInSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('certificate') }),
  z.object({
    kind: z.enum(['basic', 'negotiate', 'kerberos']),
    user: z.string().min(1).max(256),
    /** Kept sealed, never given back. Left out: the one that is kept stays. */
    password: z.string().min(1).max(1024).optional(),
  }),
]);
export type HostSignIn = z.infer<typeof hostSignInSchema>;

/** What makes the host's certificate good: our own authority, the system's, or its SHA-256 in hexadecimal. */
export const hostTrustSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('authority') }),
  z.object({ kind: z.literal('system') }),
  z.object({ kind: z.literal('fingerprint'), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
]);
export type HostTrust = z.infer<typeof hostTrustSchema>;
