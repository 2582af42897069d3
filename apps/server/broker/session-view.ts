import type { DesktopSession } from '@atelier/api';
import type { Queries } from '../services.ts';
import { notFound } from './not-found.ts';

/** Sessions with the names of what they belong to. */
export const selectSessions = (queries: Queries) =>
  queries
    .selectFrom('broker_session as session')
    .innerJoin('broker_collection as collection', 'collection.id', 'session.collection_id')
    .innerJoin('broker_target as target', 'target.id', 'session.target_id')
    .selectAll('session')
    .select([
      'collection.name as collection_name',
      'collection.redirect_mode',
      'target.name as target_name',
      'target.host_id',
    ]);

export type SessionRow = Awaited<ReturnType<ReturnType<typeof selectSessions>['executeTakeFirstOrThrow']>>;

/** @throws AtelierError `broker.not-found` */
export async function findSession(queries: Queries, id: string): Promise<SessionRow> {
  const row = await selectSessions(queries).where('session.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('session', id);
  return row;
}

/** A row as the contract shows it. */
export const sessionView = (row: SessionRow): DesktopSession => ({
  id: row.id,
  collection: { id: row.collection_id, name: row.collection_name },
  target: { id: row.target_id, name: row.target_name },
  userId: row.user_id,
  user: row.user_name,
  domain: row.domain,
  state: row.state,
  hostSessionId: row.host_session_id,
  managed: row.host_id !== null,
  initialProgram: row.initial_program,
  clientDisplay: row.client_display,
  clientAddress: row.client_address,
  clientName: row.client_name,
  createdAt: row.created_at.toISOString(),
  disconnectedAt: row.disconnected_at?.toISOString() ?? null,
  endedAt: row.ended_at?.toISOString() ?? null,
  endReason: row.end_reason,
});
