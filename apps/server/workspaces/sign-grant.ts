import { createHash } from 'node:crypto';
import { AtelierError } from '@atelier/domain/errors';
import type { GrantDocument, SignedDocument } from '@atelier/domain/workspaces';
import type { Signer } from '@atelier/trim';
import type { Services } from '../services.ts';
import { grantedWorkspaces } from './granted-workspaces.ts';

/** Signs the bytes of `payload`; the document carries both in base64. */
export async function signDocument(signer: Signer, payload: Uint8Array): Promise<SignedDocument> {
  return {
    payload: Buffer.from(payload).toString('base64'),
    keyId: signer.publicKey.id,
    signature: Buffer.from(await signer.sign(payload)).toString('base64'),
  };
}

/**
 * The signed grant of a person on an endpoint as of now. Each one has a higher sequence than all before it, also when
 * several servers sign at once: the row that counts is locked meanwhile.
 *
 * @throws AtelierError `people.not-found` when the person is gone or disabled
 */
export async function signGrant(
  services: Pick<Services, 'database' | 'people'>,
  signer: Signer,
  endpointId: string,
  userId: string,
  now = new Date(),
): Promise<SignedDocument> {
  return await services.database.withTransaction(async (trx) => {
    const user = await trx
      .selectFrom('people_user')
      .select(['id', 'name', 'display_name'])
      .where('id', '=', userId)
      .where('disabled', '=', false)
      .executeTakeFirst();
    if (!user) throw new AtelierError('people.not-found', 'this person has no account any more, or it is disabled');
    const { sequence } = await trx
      .insertInto('workspace_grant')
      .values({ endpoint_id: endpointId, user_id: userId, sequence: 1, digest: '' })
      .onConflict((conflict) =>
        conflict
          .columns(['endpoint_id', 'user_id'])
          .doUpdateSet((eb) => ({ sequence: eb('workspace_grant.sequence', '+', 1), issued_at: now })),
      )
      .returning('sequence')
      .executeTakeFirstOrThrow();
    // After the row is locked: what is read now is never older than a document with a higher sequence.
    const grant: GrantDocument = {
      kind: 'atelier.grant',
      version: 1,
      endpointId,
      user: { id: user.id, name: user.name, displayName: user.display_name || user.name },
      sequence,
      issuedAt: now.toISOString(),
      workspaces: await grantedWorkspaces(services, trx, { userId, endpointId }, now),
    };
    const payload = Buffer.from(JSON.stringify(grant));
    await trx
      .updateTable('workspace_grant')
      .set({ digest: createHash('sha256').update(payload).digest('hex') })
      .where('endpoint_id', '=', endpointId)
      .where('user_id', '=', userId)
      .execute();
    return await signDocument(signer, payload);
  });
}
