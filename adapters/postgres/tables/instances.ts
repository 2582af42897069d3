import type { InstanceState } from '@atelier/domain/workspaces';
import type { Generated, GeneratedAlways, Json, JsonWithDefault, Revised, Time, TimeWithDefault } from './column.ts';

/** A workspace of a user on an endpoint, as the endpoint reported it last. */
export interface WorkspaceInstanceTable extends Revised {
  readonly id: string;
  readonly endpoint_id: string;
  readonly user_id: string;
  readonly workspace_id: string;
  readonly state: Generated<InstanceState>;
  /** Why it is blocked, failed or crashed. */
  readonly reason: string | null;
  readonly version_number: number | null;
  readonly policy_revision: number | null;
  readonly computer_name: Generated<string>;
  readonly progress: Json<unknown> | null;
  readonly data: JsonWithDefault<Readonly<Record<string, unknown>>>;
  /** Since when the VM runs; null while it does not. */
  readonly started_at: Time | null;
  readonly reported_at: Time | null;
}

/** The last grant document that was signed for a user on an endpoint. */
export interface WorkspaceGrantTable {
  readonly endpoint_id: string;
  readonly user_id: string;
  readonly sequence: number;
  readonly digest: string;
  readonly issued_at: TimeWithDefault;
}

/** A version on its way to an endpoint. Bytes of the disk by source; `bytes_downloaded` is what the repository gave. */
export interface TransferTable {
  readonly id: string;
  readonly endpoint_id: string;
  readonly instance_id: string | null;
  readonly version_id: string | null;
  readonly state: Generated<'running' | 'paused' | 'verifying' | 'completed' | 'failed' | 'cancelled'>;
  readonly bytes_total: Generated<number>;
  readonly bytes_zero: Generated<number>;
  readonly bytes_resumed: Generated<number>;
  readonly bytes_previous: Generated<number>;
  readonly bytes_host: Generated<number>;
  readonly bytes_network: Generated<number>;
  readonly bytes_downloaded: Generated<number>;
  readonly bytes_peer: Generated<number>;
  readonly bytes_media: Generated<number>;
  readonly error: Json<unknown> | null;
  readonly started_at: TimeWithDefault;
  readonly finished_at: Time | null;
  readonly updated_at: GeneratedAlways<Date>;
  readonly rev: GeneratedAlways<number>;
}
