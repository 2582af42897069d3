import type { CollectionView } from '@atelier/api';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';
import { notFound } from './not-found.ts';

/** Collections with what their targets carry together. */
export const selectCollections = (queries: Queries) =>
  queries
    .selectFrom('broker_collection as collection')
    .selectAll('collection')
    .select([
      sql<string>`lower(collection.name)`.as('folded'),
      sql<{ targets: number; available: number; sessions: number; pending: number }>`(
      select jsonb_build_object('targets', count(*), 'available', count(*) filter (where availability = 0),
                                'sessions', coalesce(sum(num_sessions), 0), 'pending', coalesce(sum(num_pending), 0))
        from broker_target where collection_id = collection.id)`.as('counts'),
    ]);

export type CollectionRow = Awaited<ReturnType<ReturnType<typeof selectCollections>['executeTakeFirstOrThrow']>>;

/** A collection by id, or by name without regard to case. @throws AtelierError `broker.not-found` */
export async function findCollection(queries: Queries, idOrName: string): Promise<CollectionRow> {
  const row = await selectCollections(queries)
    .where((eb) =>
      eb.or([eb('collection.id', '=', idOrName), eb(sql`lower(collection.name)`, '=', idOrName.toLowerCase())]),
    )
    .orderBy(sql`collection.id = ${idOrName}`, 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) throw notFound('collection', idOrName);
  return row;
}

/** A row as the contract shows it. */
export const collectionView = (row: CollectionRow): CollectionView => ({
  id: row.id,
  name: row.name,
  description: row.description,
  kind: row.kind,
  redirectMode: row.redirect_mode,
  targetSignIn: row.target_sign_in,
  loadBalancing: row.load_balancing,
  pendingPenalty: row.pending_penalty,
  pendingSeconds: row.pending_seconds,
  startSeconds: row.start_seconds,
  maxSessions: row.max_sessions,
  singleSession: row.single_session,
  vm: row.vm,
  enabled: row.enabled,
  counts: row.counts,
  createdAt: row.created_at.toISOString(),
  rev: row.rev,
});

/** What the audit log keeps of a collection. */
export const auditedCollection = (row: CollectionRow) => {
  const { id: _id, counts: _counts, createdAt: _createdAt, rev: _rev, ...kept } = collectionView(row);
  return kept;
};

export const collectionObject = (row: { readonly id: string; readonly name: string }) => ({
  kind: 'collection',
  id: row.id,
  name: row.name,
});
