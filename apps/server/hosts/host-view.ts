import type { HostView } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { eventFlow, hostHealth } from '@atelier/domain/hosts';
import type { Queries } from '../services.ts';

export const hostQuery = (queries: Queries) => queries.selectFrom('host').selectAll();

export type HostRow = Awaited<ReturnType<ReturnType<typeof hostQuery>['execute']>>[number];

/** A row as the contract shows it. */
export function hostView(row: HostRow): HostView {
  const held = { heldBy: row.event_lease_by, heldUntil: row.event_lease_until };
  const flow = eventFlow({ collect: row.collect_events, ...held }, new Date());
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    state: row.state,
    stateDetail: row.state_detail,
    labels: row.labels,
    signIn: row.sign_in,
    trust: row.trust,
    product: row.product,
    health: hostHealth(row.facts, flow) as HostView['health'],
    facts: row.facts as HostView['facts'],
    collectEvents: row.collect_events,
    events: { flow: flow.kind, heardAt: 'heardAt' in flow ? flow.heardAt.toISOString() : null },
    enrolled: row.enrolled,
    contactedAt: row.contacted_at?.toISOString() ?? null,
    reachedAt: row.reached_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    rev: row.rev,
  };
}

/** @throws AtelierError `host.not-found` */
export async function readHostRow(queries: Queries, id: string): Promise<HostRow> {
  const row = await hostQuery(queries).where('id', '=', id).executeTakeFirst();
  if (!row) throw new AtelierError('host.not-found', `there is no host ${id}`);
  return row;
}
