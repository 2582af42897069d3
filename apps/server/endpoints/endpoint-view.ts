import type { EndpointView } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Queries } from '../services.ts';

/** Endpoints with the number of workspaces that they have. */
export const endpointQuery = (queries: Queries) =>
  queries
    .selectFrom('endpoint')
    .selectAll('endpoint')
    .select((eb) =>
      eb
        .selectFrom('workspace_instance')
        .select((one) => one.fn.countAll().as('count'))
        .whereRef('workspace_instance.endpoint_id', '=', 'endpoint.id')
        .where('workspace_instance.state', '<>', 'deleted')
        .as('instance_count'),
    );

export type EndpointRow = Awaited<ReturnType<ReturnType<typeof endpointQuery>['execute']>>[number];

/** A row of {@link endpointQuery} as the contract shows it. */
export function endpointView(row: EndpointRow): EndpointView {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    os: row.os,
    ramMiB: row.ram_mib ?? 0,
    accelerator: row.accelerator === 'kvm' || row.accelerator === 'tcg' ? row.accelerator : 'none',
    clientVersion: row.client_version,
    lastContactAt: row.last_contact_at?.toISOString() ?? null,
    clockSkewMs: row.clock_skew_ms ?? 0,
    enrolledAt: row.created_at.toISOString(),
    instanceCount: Number(row.instance_count),
    rev: row.rev,
  };
}

/** @throws AtelierError `endpoint.not-found` */
export async function readEndpointRow(queries: Queries, id: string): Promise<EndpointRow> {
  const row = await endpointQuery(queries).where('endpoint.id', '=', id).executeTakeFirst();
  if (!row) throw new AtelierError('endpoint.not-found', `there is no endpoint ${id}`);
  return row;
}
