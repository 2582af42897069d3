import type { Collection, Properties, Session, SessionState, Target, TargetState } from '@atelier/domain/broker';

/** A time as the driver gives it, or as it stands in JSON. */
type At = Date | string;
const time = (at: At | null): Date | null => (at === null ? null : new Date(at));

/** What is read of a row of `broker_session`, by a query or as JSON. */
export interface SessionRow {
  readonly id: string;
  readonly target_id: string;
  readonly user_id: string | null;
  readonly user_name: string;
  readonly domain: string;
  readonly state: SessionState;
  readonly host_session_id: string | null;
  readonly created_at: At;
  readonly disconnected_at: At | null;
  readonly initial_program: string;
  readonly client_display: Session['clientDisplay'];
  readonly client_address: string;
  readonly client_name: string;
}

/** A session as rules see it; one whom only the host knows has an empty `userId`. */
export const sessionOf = (
  row: SessionRow,
  names: { readonly target: string; readonly collection: string },
): Session => ({
  id: row.id,
  target: names.target,
  targetId: row.target_id,
  collection: names.collection,
  userId: row.user_id ?? '',
  user: row.user_name,
  domain: row.domain,
  state: row.state,
  hostSessionId: row.host_session_id,
  createdAt: new Date(row.created_at),
  disconnectedAt: time(row.disconnected_at),
  initialProgram: row.initial_program,
  clientDisplay: row.client_display,
  clientAddress: row.client_address,
  clientName: row.client_name,
});

/** What is read of a row of `broker_target`. */
export interface TargetRow {
  readonly id: string;
  readonly name: string;
  readonly kind: Target['kind'];
  readonly provider: string;
  readonly environment: string;
  readonly fqdn: string | null;
  readonly netbios: string | null;
  readonly endpoints: Target['endpoints'];
  readonly state: TargetState;
  readonly drain: boolean;
  readonly weight: number;
  readonly single_session: boolean;
  /** What holds of the target's own limit and its collection's. */
  readonly seats: number;
  readonly num_sessions: number;
  readonly num_pending: number;
  readonly owner_id: string | null;
  readonly properties: Properties;
  readonly rev: number;
}

const unlimited = 2_147_483_647;

/** A target as rules see it, with the limits that hold: its own, or its collection's. */
export const targetOf = (row: TargetRow, collection: string): Target => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  collection,
  provider: row.provider,
  environment: row.environment,
  fqdn: row.fqdn,
  netbios: row.netbios,
  endpoints: row.endpoints,
  state: row.state,
  drain: row.drain,
  weight: row.weight,
  maxSessions: row.seats === unlimited ? null : row.seats,
  singleSession: row.single_session || row.seats === 1,
  numSessions: row.num_sessions,
  numPendingConnections: row.num_pending,
  owner: row.owner_id,
  properties: row.properties,
  version: Number(row.rev),
});

/** What is read of a row of `broker_collection`. */
export interface CollectionRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly kind: Collection['kind'];
  readonly redirect_mode: Collection['redirectMode'];
  readonly target_sign_in: Collection['targetSignIn'];
  readonly load_balancing: Collection['loadBalancing'];
  readonly pending_penalty: number;
  readonly pending_seconds: number;
  readonly start_seconds: number;
  readonly enabled: boolean;
}

export const collectionOf = (row: CollectionRow): Collection => ({
  id: row.id,
  name: row.name,
  description: row.description,
  kind: row.kind,
  redirectMode: row.redirect_mode,
  targetSignIn: row.target_sign_in,
  loadBalancing: row.load_balancing,
  pendingPenalty: row.pending_penalty,
  pendingSeconds: row.pending_seconds,
  startSeconds: row.start_seconds,
  enabled: row.enabled,
});
