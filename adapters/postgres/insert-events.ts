import type { Severity } from '@atelier/domain/events';
import { type Kysely, sql } from 'kysely';
import { storableJson, storableText } from './storable.ts';
import type { Database } from './tables/database.ts';

/** An event as its source counted it. */
export interface ArrivedEvent {
  readonly source: { readonly kind: 'endpoint' | 'server' | 'host'; readonly id: string; readonly seq: number };
  readonly code: number;
  readonly name: string;
  readonly severity: Severity;
  readonly category: string;
  readonly description: string;
  readonly clientTime: Date;
  readonly hostName: string;
  /** Default SYSTEM: nobody had signed in. */
  readonly userName?: string;
  readonly workspaceName?: string | null;
  readonly workspaceComputerName?: string | null;
  readonly correlationId?: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** PostgreSQL's indexes take 2704 octets: what a stranger calls themselves must not hold up the events of all others. */
const longestIndexed = 256;
const indexed = (text: string) => storableText(text.slice(0, longestIndexed));
const optional = (text: string | null | undefined) => (text === null || text === undefined ? null : indexed(text));

/** A source's clock may say anything: what PostgreSQL cannot store becomes the nearest time that it can. */
const storableTime = (time: Date) =>
  new Date(Math.min(Math.max(time.getTime() || 0, 0), Date.UTC(9999, 11, 31))).toISOString();

function row(event: ArrivedEvent) {
  return {
    source_kind: event.source.kind,
    source_id: event.source.id,
    source_seq: event.source.seq,
    code: event.code,
    name: storableText(event.name),
    severity: event.severity,
    category: storableText(event.category),
    description: storableText(event.description),
    client_time: storableTime(event.clientTime),
    host_name: indexed(event.hostName),
    user_name: indexed(event.userName ?? 'SYSTEM'),
    workspace_name: optional(event.workspaceName),
    workspace_computer_name: optional(event.workspaceComputerName),
    correlation_id: optional(event.correlationId),
    data: storableJson(event.data ?? {}),
  };
}

/**
 * Stores a batch of events, of any size that fits in memory (500 is good), in one statement. An event that is there
 * already, by its source's number, is left as it is: sending a batch again is safe, within a transaction or without.
 *
 * @returns how many were new
 */
export async function insertEvents(db: Kysely<Database>, batch: readonly ArrivedEvent[]): Promise<number> {
  if (batch.length === 0) return 0;
  const rows = JSON.stringify(batch.map(row));
  // Inserting in the order of the unique key keeps two batches with the same events from waiting for each other in a circle.
  const result = await sql`
    insert into event (source_kind, source_id, source_seq, code, name, severity, category, description, client_time,
                       host_name, user_name, workspace_name, workspace_computer_name, correlation_id, data)
    select source_kind, source_id, source_seq, code, name, severity, category, description, client_time,
           host_name, user_name, workspace_name, workspace_computer_name, correlation_id, data
      from jsonb_to_recordset(${rows}::jsonb) as arrived (
             source_kind text, source_id text, source_seq bigint, code integer, name text, severity text, category text,
             description text, client_time timestamptz, host_name text, user_name text, workspace_name text,
             workspace_computer_name text, correlation_id text, data jsonb)
     order by source_kind, source_id, source_seq
    on conflict on constraint event_source_unique do nothing`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
