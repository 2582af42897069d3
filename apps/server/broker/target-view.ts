import type { TargetView } from '@atelier/api';
import { hostSilentSince } from '@atelier/domain/broker';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';
import { notFound } from './not-found.ts';

/** Targets with the names of what they belong to. */
export const selectTargets = (queries: Queries) =>
  queries
    .selectFrom('broker_target as target')
    .innerJoin('broker_collection as collection', 'collection.id', 'target.collection_id')
    .leftJoin('people_user as person', 'person.id', 'target.owner_id')
    .leftJoin('host', 'host.id', 'target.host_id')
    .selectAll('target')
    .select([
      'collection.name as collection_name',
      'person.name as owner_name',
      'host.name as host_name',
      'host.sessions_heard_at as host_heard_at',
      sql<string>`lower(target.name)`.as('folded'),
    ]);

export type TargetRow = Awaited<ReturnType<ReturnType<typeof selectTargets>['executeTakeFirstOrThrow']>>;

/** A target by id, or by name without regard to case. @throws AtelierError `broker.not-found` */
export async function findTarget(queries: Queries, idOrName: string): Promise<TargetRow> {
  const row = await selectTargets(queries)
    .where((eb) => eb.or([eb('target.id', '=', idOrName), eb(sql`lower(target.name)`, '=', idOrName.toLowerCase())]))
    .orderBy(sql`target.id = ${idOrName}`, 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) throw notFound('target', idOrName);
  return row;
}

const takes = (availability: number | null): TargetView['takes'] =>
  availability === null ? 'nobody' : availability === 0 ? 'now' : 'after-start';

/** A row as the contract shows it. */
export const targetView = (row: TargetRow): TargetView => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  collection: { id: row.collection_id, name: row.collection_name },
  provider: row.provider,
  environment: row.environment,
  hostId: row.host_id,
  host: row.host_name,
  fqdn: row.fqdn,
  netbios: row.netbios,
  endpoints: [...row.endpoints],
  state: row.state,
  stateDetail: row.state_detail,
  failingSince: row.failing_since?.toISOString() ?? null,
  hostSilentSince: hostSilentSince(row.host_heard_at, new Date())?.toISOString() ?? null,
  drain: row.drain,
  weight: row.weight,
  maxSessions: row.max_sessions,
  singleSession: row.single_session,
  owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? '' },
  properties: { ...row.properties },
  certificateFingerprint: row.certificate_fingerprint,
  numSessions: row.num_sessions,
  numPending: row.num_pending,
  takes: takes(row.availability),
  createdAt: row.created_at.toISOString(),
  rev: row.rev,
});

/** What the audit log keeps of a target: what people say of it, not what brokers count. */
export const auditedTarget = (row: TargetRow) => ({
  name: row.name,
  collection: row.collection_name,
  environment: row.environment,
  host: row.host_name,
  fqdn: row.fqdn,
  netbios: row.netbios,
  endpoints: row.endpoints,
  drain: row.drain,
  weight: row.weight,
  maxSessions: row.max_sessions,
  singleSession: row.single_session,
  owner: row.owner_name,
  properties: row.properties,
});

export const targetObject = (row: { readonly id: string; readonly name: string }) => ({
  kind: 'target',
  id: row.id,
  name: row.name,
});
