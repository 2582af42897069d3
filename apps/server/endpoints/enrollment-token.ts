import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { type Database, newId } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import type { Transaction } from 'kysely';
import type { Origin, Services } from '../services.ts';

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** The SHA-256 of the authority's certificate, in hexadecimal: it lets the first contact of an endpoint be sure of its server. */
const authorityFingerprint = (ca: string): string =>
  createHash('sha256').update(new X509Certificate(ca).raw).digest('hex');

/**
 * Makes a token that enrols `uses` computers within `minutes`. The text, `SECRET.FINGERPRINT`, is known to the caller only:
 * the database keeps a hash of the secret.
 */
export async function createEnrollmentToken(
  services: Pick<Services, 'database' | 'authority' | 'audit'>,
  origin: Origin,
  { minutes, uses }: { readonly minutes: number; readonly uses: number },
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const secret = `ate_${randomBytes(24).toString('base64url')}`;
  const expiresAt = new Date(Date.now() + minutes * 60_000);
  const id = newId();
  await services.database.withTransaction(async (trx) => {
    await trx
      .insertInto('endpoint_enrollment_token')
      .values({
        id,
        token_hash: hashOf(secret),
        created_by: origin.actor.kind === 'user' ? origin.actor.id : null,
        expires_at: expiresAt,
        uses_left: uses,
      })
      .execute();
    await services.audit.append(trx, origin, {
      verb: 'endpoint.create-token',
      object: { kind: 'enrollment-token', id, name: 'enrolment token' },
      before: null,
      after: { expiresAt: expiresAt.toISOString(), uses },
    });
  });
  return { token: `${secret}.${authorityFingerprint(services.authority.ca)}`, expiresAt };
}

/** Uses a token up, once, within the transaction that enrols `endpointId` afterwards. @throws AtelierError `endpoint.token-invalid` */
export async function spendEnrollmentToken(trx: Transaction<Database>, token: string): Promise<string> {
  const secret = token.split('.', 1)[0] ?? '';
  const spent = await trx
    .updateTable('endpoint_enrollment_token')
    .set((eb) => ({ uses_left: eb('uses_left', '-', 1), used_at: new Date() }))
    .where('token_hash', '=', hashOf(secret))
    .where('uses_left', '>', 0)
    .where('expires_at', '>', new Date())
    .returning('id')
    .executeTakeFirst();
  if (!spent) throw new AtelierError('endpoint.token-invalid', 'the token was used up, has expired, or is not whole');
  return spent.id;
}
