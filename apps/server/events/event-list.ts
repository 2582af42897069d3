import type { Database } from '@atelier/adapters/postgres';
import type { eventEndpoints, Validated } from '@atelier/api';
import { eventKindByCode } from '@atelier/domain/events';
import type { Selectable } from 'kysely';
import type { Queries } from '../services.ts';

type EventRow = Selectable<Database['event']>;
type Filter = Validated<(typeof eventEndpoints)['list']>['query'];

/** Events that fit the filter, newest first, from before the one with the number `before`. */
export const selectEvents = (queries: Queries, filter: Filter, before: number | undefined) =>
  queries
    .selectFrom('event')
    .selectAll()
    .$if(filter.severity !== undefined, (select) => select.where('severity', '=', filter.severity!))
    .$if(filter.category !== undefined, (select) => select.where('category', '=', filter.category!))
    .$if(filter.source !== undefined, (select) =>
      select.where((eb) => eb.or([eb('host_name', '=', filter.source!), eb('source_id', '=', filter.source!)])),
    )
    .$if(filter.user !== undefined, (select) => select.where('user_name', '=', filter.user!))
    .$if(filter.workspace !== undefined, (select) => select.where('workspace_name', '=', filter.workspace!))
    .$if(filter.since !== undefined, (select) => select.where('received_at', '>=', new Date(filter.since!)))
    .$if(filter.until !== undefined, (select) => select.where('received_at', '<', new Date(filter.until!)))
    .$if(filter.correlationId !== undefined, (select) => select.where('correlation_id', '=', filter.correlationId!))
    .$if(before !== undefined, (select) => select.where('seq', '<', before!))
    .orderBy('seq', 'desc');

/** An event with the catalogue's words; one of a newer version is shown by its own name. */
export function eventView(row: EventRow) {
  const kind = eventKindByCode(row.code);
  return {
    seq: String(row.seq),
    sourceKind: row.source_kind,
    source: row.host_name || row.source_id,
    code: row.code,
    name: row.name,
    severity: row.severity,
    category: row.category,
    title: kind?.title ?? row.name,
    cause: kind?.cause ?? '',
    fix: kind?.fix ?? '',
    detail: row.description,
    clientTime: row.client_time.toISOString(),
    receivedAt: row.received_at.toISOString(),
    userName: row.user_name,
    workspace: row.workspace_name,
    correlationId: row.correlation_id,
    data: { ...row.data },
  };
}
