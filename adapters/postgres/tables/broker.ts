import type {
  CollectionKind,
  LoadBalancingMethod,
  Properties,
  RedirectMode,
  TargetEndpoint,
  TargetKind,
  TargetSignIn,
  TargetState,
} from '@atelier/domain/broker';
import type { Generated, GeneratedAlways, JsonWithDefault, Revised, Time, TimeWithDefault } from './column.ts';

/** Targets that serve one purpose. */
export interface BrokerCollectionTable extends Revised {
  readonly id: string;
  /** Unique without regard to case. */
  readonly name: string;
  readonly description: Generated<string>;
  readonly kind: CollectionKind;
  readonly redirect_mode: Generated<RedirectMode>;
  readonly target_sign_in: Generated<TargetSignIn>;
  readonly load_balancing: Generated<LoadBalancingMethod>;
  readonly pending_penalty: Generated<number>;
  readonly pending_seconds: Generated<number>;
  readonly start_seconds: Generated<number>;
  /** For targets that do not say it themselves. */
  readonly max_sessions: number | null;
  readonly single_session: Generated<boolean>;
  readonly vm: JsonWithDefault<Readonly<Record<string, unknown>>>;
  readonly enabled: Generated<boolean>;
}

/** A user or group that may use a collection: write `user_id` or `group_id`. */
export interface BrokerEntitlementTable {
  readonly id: string;
  readonly collection_id: string;
  readonly user_id: string | null;
  readonly group_id: string | null;
  readonly principal_kind: GeneratedAlways<'user' | 'group'>;
  readonly principal_id: GeneratedAlways<string>;
  readonly created_at: TimeWithDefault;
}

/** A published program of a collection; its icon is a PNG. */
export interface BrokerApplicationTable extends Revised {
  readonly id: string;
  readonly collection_id: string;
  readonly alias: string;
  readonly title: string;
  readonly command_line: string;
  readonly arguments: Generated<string>;
  readonly working_folder: Generated<string>;
  readonly icon: Buffer | null;
}

/** A machine that runs virtual machines. */
export interface BrokerEnvironmentTable extends Revised {
  readonly name: string;
  readonly provider: Generated<string>;
  readonly driver: Generated<string>;
  readonly server_weight: Generated<number>;
  readonly settings: JsonWithDefault<Readonly<Record<string, unknown>>>;
  readonly properties: JsonWithDefault<Properties>;
}

/** One thing that a broker looked at. */
export interface EnvironmentFinding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** A question whether machines of an environment can be switched, and a broker's answer. */
export interface BrokerEnvironmentTestTable {
  readonly id: string;
  readonly environment: string;
  readonly asked_at: TimeWithDefault;
  /** Null: nobody took it up yet. */
  readonly broker: string | null;
  readonly done_at: Time | null;
  readonly findings: JsonWithDefault<readonly EnvironmentFinding[]>;
}

/** Something a person can be connected to. Counts are kept by triggers on `broker_session`: never set them. */
export interface BrokerTargetTable extends Revised {
  readonly id: string;
  /** Unique without regard to case. */
  readonly name: string;
  readonly kind: TargetKind;
  readonly collection_id: string;
  readonly provider: Generated<string>;
  readonly environment: Generated<string>;
  /** The managed host that it is, if it is one. */
  readonly host_id: string | null;
  readonly fqdn: string | null;
  readonly netbios: string | null;
  readonly endpoints: JsonWithDefault<readonly TargetEndpoint[]>;
  readonly state: Generated<TargetState>;
  readonly state_detail: Generated<string>;
  readonly failing_since: Time | null;
  readonly drain: Generated<boolean>;
  readonly weight: Generated<number>;
  readonly max_sessions: number | null;
  readonly single_session: Generated<boolean>;
  readonly owner_id: string | null;
  readonly properties: JsonWithDefault<Properties>;
  /** SHA-256 of the certificate that it showed, lower-case hexadecimal. */
  readonly certificate_fingerprint: string | null;
  readonly num_sessions: Generated<number>;
  readonly num_pending: Generated<number>;
  /** Copied from the collection by triggers, as the next two. */
  readonly pending_penalty: Generated<number>;
  readonly round_robin: Generated<boolean>;
  readonly collection_seats: Generated<number>;
  readonly assigned: Generated<number>;
  readonly seats: GeneratedAlways<number>;
  readonly load: GeneratedAlways<number>;
  /** 0 takes one more now, 1 starts, 2 can be started; null takes nobody. */
  readonly availability: GeneratedAlways<number> | null;
}
