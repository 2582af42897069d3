import { createHash } from 'node:crypto';
import type { Database } from '@atelier/adapters/postgres';
import type { PolicyRevision } from '@atelier/api';
import type { Policy } from '@atelier/domain/workspaces';
import type { Signer } from '@atelier/trim';
import type { Selectable, Transaction } from 'kysely';
import type { Origin, Services } from '../services.ts';

/** JSON with the keys of each object in order: the same document gives the same bytes everywhere. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(',')}}`;
}

/** A revision's row as the contract shows it; committed revisions are active at once. */
export function revisionView(row: Selectable<Database['workspace_policy_revision']>): PolicyRevision {
  return {
    number: row.number,
    state: row.state === 'active' || row.state === 'revoked' ? row.state : 'superseded',
    author: row.author_name,
    message: row.message,
    createdAt: row.created_at.toISOString(),
    digest: row.digest,
    document: row.document,
  };
}

/**
 * Commits `document` as the next revision of a locked workspace and makes it the active one. What was active is
 * superseded, or revoked when the new revision goes back from it. Signs number, workspace and document together.
 */
export async function commitRevision(
  services: Pick<Services, 'audit'>,
  trx: Transaction<Database>,
  signer: Signer,
  origin: Origin,
  commit: {
    readonly workspace: { readonly id: string; readonly name: string; readonly active_revision: number | null };
    readonly document: Policy;
    readonly message: string;
    readonly revokes?: boolean;
  },
): Promise<PolicyRevision> {
  const { workspace, document, message } = commit;
  const { actor } = origin;
  const previous = await trx
    .selectFrom('workspace_policy_revision')
    .selectAll()
    .where('workspace_id', '=', workspace.id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const active = await trx
    .updateTable('workspace_policy_revision')
    .set({ state: commit.revokes ? 'revoked' : 'superseded' })
    .where('workspace_id', '=', workspace.id)
    .where('state', '=', 'active')
    .returning('document')
    .executeTakeFirst();
  const number = (previous?.number ?? 0) + 1;
  const text = canonicalJson({ kind: 'atelier.policy', workspaceId: workspace.id, number, document });
  const row = await trx
    .insertInto('workspace_policy_revision')
    .values({
      workspace_id: workspace.id,
      number,
      state: 'active',
      author_id: actor.kind === 'user' ? actor.id : null,
      author_name: actor.kind === 'user' ? actor.name : actor.kind,
      message,
      document: JSON.stringify(document),
      digest: createHash('sha256').update(text).digest('hex'),
      signature: Buffer.from(await signer.sign(Buffer.from(text))).toString('base64'),
      activated_at: new Date(),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx.updateTable('workspace').set({ active_revision: number }).where('id', '=', workspace.id).execute();
  await services.audit.append(trx, origin, {
    verb: 'workspace.commit-policy',
    object: { kind: 'workspace', id: workspace.id, name: workspace.name },
    before: { policyRevision: workspace.active_revision, ...active?.document },
    after: { policyRevision: number, ...document },
  });
  return revisionView(row);
}
