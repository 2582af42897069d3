import type { Generated, Json, Time } from './column.ts';

/** What changed: the fields that differ, as they were and as they are. */
export interface AuditDifference {
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A change that a person or the system made. Written by `appendAudit` only; updates and deletes are refused. */
export interface AuditEntryTable {
  /** Numbered from 1 without gaps. */
  readonly seq: number;
  readonly id: string;
  readonly at: Time;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly verb: string;
  readonly object_kind: string;
  readonly object_id: string;
  readonly object_name: string;
  readonly difference: Json<AuditDifference> | null;
  readonly correlation_id: string | null;
  readonly prev_hash: Buffer;
  readonly hash: Buffer;
}

/** The last audit entry: one row. */
export interface AuditHeadTable {
  readonly singleton: Generated<boolean>;
  readonly seq: number;
  readonly hash: Buffer;
}
