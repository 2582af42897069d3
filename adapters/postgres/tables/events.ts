import type { Severity } from '@atelier/domain/events';
import type { Generated, GeneratedAlways, JsonWithDefault, Time, TimeWithDefault } from './column.ts';

/** What happened on a machine. Written by `insertEvents`. */
export interface EventTable {
  /** Order of arrival; two batches that arrive at once may become visible in the other order. */
  readonly seq: GeneratedAlways<number>;
  readonly source_kind: 'endpoint' | 'server' | 'host';
  readonly source_id: string;
  readonly source_seq: number;
  readonly code: number;
  readonly name: string;
  readonly severity: Severity;
  readonly category: string;
  readonly description: string;
  readonly client_time: Time;
  readonly received_at: TimeWithDefault;
  readonly host_name: Generated<string>;
  readonly user_name: Generated<string>;
  readonly workspace_name: string | null;
  readonly workspace_computer_name: string | null;
  readonly correlation_id: string | null;
  readonly data: JsonWithDefault<Readonly<Record<string, unknown>>>;
}

/** Report "Status" with MED-V's columns. */
export interface StatusView {
  readonly time: Date;
  readonly user_name: string;
  readonly host_name: string;
  readonly workspace_name: string;
  readonly workspace_computer_name: string;
  readonly online: string;
  readonly client_version: string;
  readonly policy_version: number | null;
  readonly image_name: string;
  readonly image_version: string;
}

/** Report "Activity log" with MED-V's columns. */
export interface ActivityView {
  readonly seq: number;
  readonly event_id: number;
  readonly severity: Severity;
  readonly category: string;
  readonly description: string;
  readonly time_received: Date;
  readonly client_time: Date;
  readonly host_name: string;
  readonly user_name: string;
  readonly workspace_name: string | null;
  readonly workspace_computer_name: string | null;
}

/** Report "Error log" with MED-V's columns. */
export interface ErrorsView {
  readonly seq: number;
  readonly event_id: number;
  readonly category: string;
  readonly description: string;
  readonly time_received: Date;
  readonly client_time: Date;
  readonly host_name: string;
  readonly user_name: string;
  readonly workspace_name: string | null;
}
