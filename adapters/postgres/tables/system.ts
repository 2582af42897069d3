import type { Json, Revised, Time, TimeWithDefault } from './column.ts';

/** One value for the whole system that an administrator may change while it runs. */
export interface SettingTable extends Revised {
  readonly key: string;
  readonly value: Json<unknown>;
}

/** A sealed secret; read and written by `secretStore` only. */
export interface SecretTable extends Revised {
  readonly key: string;
  readonly ciphertext: Buffer;
}

/** A request that was sent with an Idempotency-Key, with its answer once there is one. */
export interface IdempotencyKeyTable {
  readonly actor: string;
  readonly key: string;
  readonly request_hash: Buffer;
  readonly status: number | null;
  readonly response: Json<unknown> | null;
  readonly created_at: TimeWithDefault;
  readonly expires_at: Time;
}

/** A migration that was applied. */
export interface SchemaMigrationTable {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly applied_at: TimeWithDefault;
}
