import type { Transaction } from 'kysely';
import { auditHash } from './audit-hash.ts';
import { newId } from './new-id.ts';
import { storableJson, storableText } from './storable.ts';
import type { AuditDifference } from './tables/audit.ts';
import type { Database } from './tables/database.ts';

/** What a person (or the system) did to an object. */
export interface AuditRecord {
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string };
  /** For example `image.promote`. */
  readonly verb: string;
  readonly object: { readonly kind: string; readonly id: string; readonly name: string };
  /** The fields that differ, before and after; secrets never belong here. */
  readonly difference?: AuditDifference | null;
  readonly correlationId?: string | null;
}

const record = (part: AuditRecord['actor']) => ({
  kind: storableText(part.kind),
  id: storableText(part.id),
  name: storableText(part.name),
});

/**
 * Appends an entry to the audit log, in the transaction that makes the change, so that there is neither a change without
 * its entry nor an entry without its change. Writers wait for each other from here to their commit: call it last.
 *
 * @returns the entry's id and number
 */
export async function appendAudit(
  trx: Transaction<Database>,
  entry: AuditRecord,
): Promise<{ id: string; seq: number }> {
  const head = await trx.selectFrom('audit_head').select(['seq', 'hash']).forUpdate().executeTakeFirstOrThrow();
  const [actor, object] = [record(entry.actor), record(entry.object)];
  const difference = (
    entry.difference ? storableJson(JSON.parse(JSON.stringify(entry.difference))) : null
  ) as AuditDifference | null;
  const row = {
    seq: head.seq + 1,
    id: newId(),
    at: new Date(),
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    verb: storableText(entry.verb),
    object_kind: object.kind,
    object_id: object.id,
    object_name: object.name,
    difference,
    correlation_id: entry.correlationId ? storableText(entry.correlationId) : null,
    prev_hash: head.hash,
  };
  const hash = auditHash(row);
  await trx
    .insertInto('audit_entry')
    .values({ ...row, difference: difference && JSON.stringify(difference), hash })
    .execute();
  await trx.updateTable('audit_head').set({ seq: row.seq, hash }).execute();
  return { id: row.id, seq: row.seq };
}
