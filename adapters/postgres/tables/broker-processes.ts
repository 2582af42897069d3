import type { BrokerTaskState, BrokerTaskStatus } from '@atelier/domain/broker';
import type { Generated, GeneratedAlways, Json, JsonWithDefault, Revised, Time, TimeWithDefault } from './column.ts';

/** The right to do something alone among all brokers. */
export interface BrokerLeaseTable {
  readonly name: string;
  readonly holder: string;
  readonly fence: Generated<number>;
  readonly until: Time;
}

/** A broker process that runs. */
export interface BrokerInstanceTable {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly version: Generated<string>;
  readonly counts: JsonWithDefault<Readonly<Record<string, number>>>;
  readonly started_at: TimeWithDefault;
  readonly heartbeat_at: TimeWithDefault;
}

/** A plug-in as it was registered. */
export interface BrokerPluginTable extends Revised {
  readonly name: string;
  readonly source: Generated<string>;
  readonly provider: Generated<string>;
  readonly priority: Generated<number>;
  readonly enabled: Generated<boolean>;
  /** Names of collections; empty for all. */
  readonly collections: Generated<string[]>;
  /** Milliseconds for each stage. */
  readonly budgets: JsonWithDefault<Readonly<Record<string, number>>>;
  readonly on_failure: Generated<'continue' | 'fail-connection'>;
  readonly allow_external: Generated<boolean>;
  /** A person changed what its manifest says. */
  readonly overridden: Generated<boolean>;
  readonly settings: JsonWithDefault<Readonly<Record<string, unknown>>>;
  /** Counted up to have every broker forget its failures. */
  readonly resets: Generated<number>;
}

/** How a plug-in fares in one broker. */
export interface BrokerPluginHealthTable {
  readonly plugin: string;
  readonly broker_id: string;
  readonly state: 'starting' | 'ready' | 'suspended' | 'restarting' | 'failed' | 'stopped';
  readonly failures: Generated<number>;
  readonly calls: Generated<number>;
  readonly time_outs: Generated<number>;
  readonly restarts: Generated<number>;
  /** Stages, `provisioning`, `task`, `notification`. */
  readonly offers: Generated<string[]>;
  readonly suspended_until: Time | null;
  readonly last_error: string | null;
  readonly last_error_at: Time | null;
  readonly updated_at: TimeWithDefault;
}

/** What a plug-in keeps for itself. */
export interface BrokerPluginPropertyTable {
  readonly plugin: string;
  readonly name: string;
  readonly value: Json<unknown>;
  readonly updated_at: GeneratedAlways<Date>;
  readonly rev: GeneratedAlways<number>;
}

/** A folder of plug-ins that a broker cannot use. */
export interface BrokerPluginProblemTable {
  readonly broker_id: string;
  /** The folder; for a plug-in that comes with the broker, its name. */
  readonly source: string;
  readonly plugin: string | null;
  readonly problem: string;
  readonly fix: Generated<string>;
  readonly at: TimeWithDefault;
}

/** Maintenance of one target by a plug-in. */
export interface BrokerTaskTable extends Revised {
  readonly id: string;
  readonly plugin: string;
  readonly target_id: string;
  /** The plug-in's own name for it. */
  readonly identifier: string;
  readonly label: Generated<string>;
  readonly start_at: Time;
  readonly end_at: Time;
  readonly deadline: Time;
  readonly context: Generated<string>;
  /** Who planned it; empty: the plug-in. */
  readonly planned_by: Generated<string>;
  readonly state: Generated<BrokerTaskState>;
  readonly status: Generated<BrokerTaskStatus>;
  readonly detail: Generated<string>;
  readonly cancel_requested: Generated<boolean>;
  readonly broker: Generated<string>;
  readonly fence: number | null;
  readonly begun_at: Time | null;
  readonly finished_at: Time | null;
}
