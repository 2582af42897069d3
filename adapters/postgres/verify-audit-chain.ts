import type { Kysely } from 'kysely';
import { auditHash } from './audit-hash.ts';
import type { Database } from './tables/database.ts';

/** Whether the audit log is what was written, or the first entry from which it is not. */
export type AuditVerdict =
  | { readonly state: 'intact'; readonly entries: number; readonly hash: Buffer }
  | { readonly state: 'broken'; readonly seq: number; readonly reason: string };

const page = 500;

/**
 * Recomputes the whole chain in pages, up to the entry that is the last when it begins; writers go on meanwhile.
 * It finds what was changed, removed, added or cut off by anybody who did not also rewrite all that follows and the head:
 * keep `hash` elsewhere now and then, and even that shows.
 */
export async function verifyAuditChain(db: Kysely<Database>, signal?: AbortSignal): Promise<AuditVerdict> {
  const head = await db.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirst();
  if (!head) return { state: 'broken', seq: 0, reason: 'the head of the log is gone' };
  let last: { readonly seq: number; readonly hash: Buffer } = { seq: 0, hash: Buffer.alloc(32) };
  while (last.seq < head.seq) {
    signal?.throwIfAborted();
    const rows = await db
      .selectFrom('audit_entry')
      .selectAll()
      .where('seq', '>', last.seq)
      .where('seq', '<=', head.seq)
      .orderBy('seq')
      .limit(page)
      .execute();
    if (rows.length === 0) return { state: 'broken', seq: last.seq + 1, reason: 'the end of the log was cut off' };
    for (const { hash, ...row } of rows) {
      if (row.seq !== last.seq + 1) return { state: 'broken', seq: last.seq + 1, reason: 'the entry is missing' };
      if (!row.prev_hash.equals(last.hash))
        return { state: 'broken', seq: row.seq, reason: 'it does not follow the one before' };
      if (!auditHash(row).equals(hash)) return { state: 'broken', seq: row.seq, reason: 'its content was changed' };
      last = { seq: row.seq, hash };
    }
  }
  if (!last.hash.equals(head.hash))
    return { state: 'broken', seq: head.seq, reason: 'the head is not that of the last entry' };
  return { state: 'intact', entries: head.seq, hash: last.hash };
}
