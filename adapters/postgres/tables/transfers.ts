import type { Generated, Json, Revised, TimeWithDefault } from './column.ts';

/** What one endpoint does otherwise than the organisation's transfer policy says. */
export interface TransferOverrideTable extends Revised {
  readonly endpoint_id: string;
  readonly document: Json<unknown>;
}

/** An endpoint that gives what it fetched to others of its site. */
export interface TransferPeerTable {
  readonly endpoint_id: string;
  readonly urls: string[];
  readonly networks: string[];
  readonly site_cache: Generated<boolean>;
  readonly announced_at: TimeWithDefault;
}
