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
