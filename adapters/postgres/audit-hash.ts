import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import { canonicalJson } from './canonical-json.ts';
import type { AuditEntryTable } from './tables/audit.ts';

/** Everything of an audit entry that its hash covers: all columns but the hash itself. */
export type HashedEntry = Omit<Selectable<AuditEntryTable>, 'hash'>;

/** `sha256(previous hash ‖ canonical JSON of the entry)`, 32 bytes. */
export function auditHash(entry: HashedEntry): Buffer {
  const { prev_hash, seq, id, at, actor_kind, actor_id, actor_name, verb, object_kind, object_id, object_name } = entry;
  const content = canonicalJson({
    seq,
    id,
    at: at.toISOString(),
    actor: { kind: actor_kind, id: actor_id, name: actor_name },
    verb,
    object: { kind: object_kind, id: object_id, name: object_name },
    difference: entry.difference,
    correlation_id: entry.correlation_id,
  });
  return createHash('sha256').update(prev_hash).update(content).digest();
}
