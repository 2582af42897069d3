import { X509Certificate } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { writeDurably } from '@atelier/adapters/durable-file';
import { z } from 'zod';

const identitySchema = z.object({
  format: z.literal(1),
  endpointId: z.string(),
  name: z.string(),
  server: z.url(),
  /** The server's authority (PEM), pinned at enrolment: nothing else is trusted from then on. */
  ca: z.string(),
  policyKeys: z.array(z.object({ keyId: z.string(), publicKey: z.string() })),
  certificate: z.string(),
  /** PKCS#8 PEM; empty once the endpoint was revoked. */
  privateKey: z.string(),
  revoked: z.boolean().default(false),
});
/** What this computer is to its server. Secret: holds the private key. */
export type Identity = z.infer<typeof identitySchema>;

/** The identity on disk, or undefined before enrolment. Throws when the file is damaged. */
export async function readIdentity(path: string): Promise<Identity | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : identitySchema.parse(JSON.parse(text));
}

export const writeIdentity = (path: string, identity: Identity): Promise<void> =>
  writeDurably(path, `${JSON.stringify(identity, null, 1)}\n`);

/** Forgets the identity. */
export const removeIdentity = (path: string): Promise<void> => rm(path, { force: true });

/** When the certificate should be renewed: after two thirds of its life. Milliseconds since 1970. */
export function renewalTime(certificatePem: string): number {
  const certificate = new X509Certificate(certificatePem);
  const from = certificate.validFromDate.getTime();
  return from + ((certificate.validToDate.getTime() - from) * 2) / 3;
}
