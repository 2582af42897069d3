import type { DecisionTrace, Session, SessionState } from '@atelier/domain/broker';
import type { Generated, Json, Time, TimeWithDefault } from './column.ts';

/** A person on a target, from the decision on. */
export interface BrokerSessionTable {
  readonly id: string;
  readonly collection_id: string;
  readonly target_id: string;
  /** Null for somebody whom only the host knows. */
  readonly user_id: string | null;
  readonly user_name: string;
  readonly domain: Generated<string>;
  readonly state: Generated<SessionState>;
  readonly host_session_id: string | null;
  readonly initial_program: Generated<string>;
  readonly client_display: Json<NonNullable<Session['clientDisplay']>> | null;
  readonly client_address: Generated<string>;
  readonly client_name: Generated<string>;
  /** What an administrator asked of the broker that relays it. */
  readonly asked: 'disconnect' | 'log-off' | null;
  readonly created_at: TimeWithDefault;
  readonly changed_at: TimeWithDefault;
  readonly disconnected_at: Time | null;
  readonly ended_at: Time | null;
  readonly end_reason: string | null;
  /** Until when a log-on must follow; set in state `connecting` only. */
  readonly expires_at: Time | null;
  /** Connections that it was given to while it is connecting. */
  readonly holders: Generated<number>;
  /** The broker that carries it; null: nobody, or nobody knows. */
  readonly relayed_by: string | null;
}

/** A routing token; `token_hash` is its SHA-256. */
export interface BrokerTokenTable {
  readonly token_hash: Buffer;
  readonly session_id: string;
  readonly target_id: string;
  readonly user_id: string | null;
  readonly client_address: string;
  readonly created_at: TimeWithDefault;
  readonly expires_at: Time;
  readonly last_used_at: Time | null;
  readonly uses: Generated<number>;
  readonly hops: Generated<number>;
  readonly disconnected_at: Time | null;
  readonly returned_at: Time | null;
}

/** A password for one sign-in; `ticket_hash` is its SHA-256. */
export interface BrokerTicketTable {
  readonly id: string;
  readonly ticket_hash: Buffer;
  readonly user_id: string;
  readonly collection_id: string | null;
  readonly target_id: string | null;
  readonly created_at: TimeWithDefault;
  readonly expires_at: Time;
  readonly used_at: Time | null;
}

/** An attempt to connect, with its decision trace. */
export interface BrokerConnectionTable {
  readonly id: string;
  readonly at: TimeWithDefault;
  readonly user_id: string | null;
  readonly user_name: string;
  readonly domain: Generated<string>;
  readonly collection_id: string | null;
  readonly collection: string;
  readonly session_id: string | null;
  readonly target: string | null;
  readonly outcome: 'redirected' | 'failed' | 'cancelled' | 'timed-out';
  readonly failure: string | null;
  readonly client_address: Generated<string>;
  readonly client_name: Generated<string>;
  readonly total_ms: Generated<number>;
  readonly trace: Json<DecisionTrace>;
}
