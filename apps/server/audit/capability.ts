import { type Database, verifyAuditChain } from '@atelier/adapters/postgres';
import { auditEndpoints } from '@atelier/api';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import { pageOf, readCursor } from '../http/page.ts';
import type { Capability } from '../services.ts';

type EntryRow = Selectable<Database['audit_entry']>;

const fields = (state: unknown): Record<string, unknown> =>
  typeof state === 'object' && state !== null ? (state as Record<string, unknown>) : {};

const view = (row: EntryRow) => {
  const [before, after] = [fields(row.difference?.before), fields(row.difference?.after)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return {
    seq: String(row.seq),
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id || null, name: row.actor_name },
    verb: row.verb,
    object: { kind: row.object_kind, id: row.object_id, name: row.object_name },
    difference: Object.fromEntries(
      [...names].map((name) => [name, { before: before[name] ?? null, after: after[name] ?? null }]),
    ),
    correlationId: row.correlation_id ?? '',
    hash: row.hash.toString('hex'),
  };
};

/** What people changed, and whether the log of it is whole. */
export const auditCapability: Capability = async (routes, { db }) => {
  routes.json(auditEndpoints, {
    async list({ query }) {
      const before = readCursor(query.cursor, z.number().int());
      const rows = await db
        .selectFrom('audit_entry')
        .selectAll()
        .$if(query.actor !== undefined, (select) =>
          select.where((eb) => eb.or([eb('actor_id', '=', query.actor!), eb('actor_name', '=', query.actor!)])),
        )
        .$if(query.objectKind !== undefined, (select) => select.where('object_kind', '=', query.objectKind!))
        .$if(query.objectId !== undefined, (select) => select.where('object_id', '=', query.objectId!))
        .$if(query.since !== undefined, (select) => select.where('at', '>=', new Date(query.since!)))
        .$if(query.until !== undefined, (select) => select.where('at', '<', new Date(query.until!)))
        .$if(before !== undefined, (select) => select.where('seq', '<', before!))
        .orderBy('seq', 'desc')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.seq, view);
    },
    async verify(_, { signal }) {
      const verdict = await verifyAuditChain(db, signal);
      if (verdict.state === 'intact') return { ok: true, entries: verdict.entries, firstBroken: null };
      return { ok: false, entries: verdict.seq, firstBroken: `entry ${verdict.seq}: ${verdict.reason}` };
    },
  });
  return {};
};
