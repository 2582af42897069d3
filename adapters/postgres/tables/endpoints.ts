import type { EndpointState } from '@atelier/domain/endpoints';
import type { Generated, Json, Revised, Time, TimeWithDefault } from './column.ts';

/** A person's computer that runs the client. */
export interface EndpointTable extends Revised {
  readonly id: string;
  readonly name: string;
  readonly state: Generated<EndpointState>;
  /** SHA-256 of the device certificate, in lower-case hexadecimal. */
  readonly fingerprint: string;
  readonly certificate_expires_at: Time | null;
  /** Who enrolled it or signed in on it last. */
  readonly user_id: string | null;
  readonly os: Generated<string>;
  readonly ram_mib: number | null;
  readonly accelerator: string | null;
  readonly client_version: Generated<string>;
  readonly address: string | null;
  readonly last_contact_at: Time | null;
  readonly clock_skew_ms: number | null;
  /** `SERVER/CHANNEL` through which commands reach it now. */
  readonly connected_to: string | null;
  readonly revoked_at: Time | null;
  readonly wiped_at: Time | null;
}

/** A token that enrols as many computers as `uses_left` says. `token_hash` is the SHA-256 of the token. */
export interface EndpointEnrollmentTokenTable {
  readonly id: string;
  readonly token_hash: Buffer;
  readonly note: Generated<string>;
  readonly created_by: string | null;
  readonly created_at: TimeWithDefault;
  readonly expires_at: Time;
  readonly uses_left: Generated<number>;
  readonly used_at: Time | null;
  readonly endpoint_id: string | null;
}

/** A command on its way to the server that holds the endpoint's channel, with its answer once there is one. */
export interface EndpointCommandTable {
  readonly id: string;
  readonly endpoint_id: string;
  /** Name of the server that shall deliver it. */
  readonly server: string;
  readonly message: Json<unknown>;
  readonly answer: Json<unknown> | null;
  readonly created_at: TimeWithDefault;
}
