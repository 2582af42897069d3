import type { HostFacts, HostSignIn, HostState, HostTrust } from '@atelier/domain/hosts';
import type { Generated, Json, Revised, Time, TimeWithDefault } from './column.ts';

/** A machine that is managed by WS-Management. */
export interface HostTable extends Revised {
  readonly id: string;
  readonly name: string;
  /** Whole: `https://name:5986/wsman`. */
  readonly address: string;
  readonly state: Generated<HostState>;
  /** Why it is not reachable, with the fix; '' when it is. */
  readonly state_detail: Generated<string>;
  readonly labels: Generated<string[]>;
  /** Without the password: that lies sealed in `secret` under `host/ID`. */
  readonly sign_in: Json<HostSignIn>;
  readonly trust: Json<HostTrust>;
  /** What Identify told: product and version. */
  readonly product: Generated<string>;
  readonly facts: Json<HostFacts> | null;
  /** Where the collected events end, as the collector wrote it; null before it began. */
  readonly event_bookmark: string | null;
  /** Number of the last event that was stored. */
  readonly event_sequence: Generated<number>;
  /** Who brings its events, until when: the run of a server that pulls, or `source` and `silent source` for the host itself (domain/hosts, eventFlow). */
  readonly event_lease_by: string | null;
  readonly event_lease_until: Time | null;
  readonly collect_events: Generated<boolean>;
  /** The last attempt, and the last one that succeeded. */
  readonly contacted_at: Time | null;
  readonly reached_at: Time | null;
  /** When it was last heard which desktop sessions it has; null: never. */
  readonly sessions_heard_at: Time | null;
  /** It registered itself: its agent trusts our authority. */
  readonly enrolled: Generated<boolean>;
}

/** A token by which hosts register themselves. `token_hash` is the SHA-256 of the token. */
export interface HostInvitationTable {
  readonly id: string;
  readonly token_hash: Buffer;
  readonly labels: Generated<string[]>;
  readonly created_by: string | null;
  readonly created_at: TimeWithDefault;
  readonly expires_at: Time;
  readonly uses_left: Generated<number>;
}
