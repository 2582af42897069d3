import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { type Database, newId } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import type { Transaction } from 'kysely';
import type { Origin, Services } from '../services.ts';

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** How the invitation is asked for. */
export interface InvitationRequest {
  readonly expiresInMinutes: number;
  readonly uses: number;
  readonly labels: readonly string[];
}

/**
 * Makes a token by which hosts register themselves. Its text, `SECRET.FINGERPRINT`, is known to the caller only; the fingerprint of our
 * authority in it lets the agent be sure of this server at its first contact.
 */
export async function createHostInvitation(
  services: Services,
  origin: Origin,
  asked: InvitationRequest,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const secret = `ath_${randomBytes(24).toString('base64url')}`;
  const expiresAt = new Date(Date.now() + asked.expiresInMinutes * 60_000);
  const id = newId();
  await services.database.withTransaction(async (trx) => {
    await trx
      .insertInto('host_invitation')
      .values({
        id,
        token_hash: hashOf(secret),
        labels: [...asked.labels],
        created_by: origin.actor.kind === 'user' ? origin.actor.id : null,
        expires_at: expiresAt,
        uses_left: asked.uses,
      })
      .execute();
    await services.audit.append(trx, origin, {
      verb: 'host.invite',
      object: { kind: 'host-invitation', id, name: 'invitation for hosts' },
      before: null,
      after: { expiresAt: expiresAt.toISOString(), uses: asked.uses, labels: asked.labels },
    });
  });
  const fingerprint = createHash('sha256').update(new X509Certificate(services.authority.ca).raw).digest('hex');
  return { token: `${secret}.${fingerprint}`, expiresAt };
}

/** Uses an invitation once, within the transaction that registers the host. @throws AtelierError `host.token-invalid` */
export async function spendHostInvitation(trx: Transaction<Database>, token: string): Promise<readonly string[]> {
  const secret = token.split('.', 1)[0] ?? '';
  const spent = await trx
    .updateTable('host_invitation')
    .set((eb) => ({ uses_left: eb('uses_left', '-', 1) }))
    .where('token_hash', '=', hashOf(secret))
    .where('uses_left', '>', 0)
    .where('expires_at', '>', new Date())
    .returning('labels')
    .executeTakeFirst();
  if (!spent) throw new AtelierError('host.token-invalid', 'the token was used up, has expired, or is not whole');
  return spent.labels;
}
