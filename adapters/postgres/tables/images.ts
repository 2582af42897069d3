import type { VersionState } from '@atelier/domain/images';
import type { Generated, Json, JsonWithDefault, Revised, Time, TimeWithDefault } from './column.ts';

/** A bootable disk under a name. */
export interface ImageTable extends Revised {
  readonly id: string;
  readonly name: string;
  readonly description: Generated<string>;
  readonly os: Generated<string>;
  readonly capabilities: Generated<string[]>;
}

/** Numbered content of an image. Sizes are in bytes; the digest is SHA-256 in hexadecimal. */
export interface ImageVersionTable extends Revised {
  readonly id: string;
  readonly image_id: string;
  readonly number: number;
  readonly state: Generated<VersionState>;
  readonly notes: Generated<string>;
  readonly source_format: 'raw' | 'qcow2' | 'vmdk' | 'vhdx' | 'vpc' | null;
  /** Size of the disk file that was announced. */
  readonly upload_bytes: Generated<number>;
  /** How much of it lies in the drafts folder, synced. */
  readonly received_bytes: Generated<number>;
  /** Bytes on the wire by number of the earlier version from which a delta leads here. */
  readonly delta_bytes: JsonWithDefault<Readonly<Record<string, number>>>;
  /** Size of the disk. */
  readonly image_size: number | null;
  /** What the repository holds of it. */
  readonly file_size: number | null;
  readonly manifest_digest: string | null;
  readonly capabilities: Generated<string[]>;
  readonly parent_version_id: string | null;
  readonly error: Json<unknown> | null;
  readonly created_by: string | null;
  readonly packed_at: Time | null;
  readonly available_at: Time | null;
  readonly retired_at: Time | null;
  readonly deleted_at: Time | null;
}

/** A moving pointer of an image to an available version (constraint `image_channel_version_available`). */
export interface ImageChannelTable extends Revised {
  readonly image_id: string;
  readonly name: string;
  readonly version_id: string;
  /** Grows with every move; the database counts it up when the writer does not. */
  readonly counter: Generated<number>;
  /** Name of who moved it last. */
  readonly moved_by: Generated<string>;
}

/** A boot of a version for looking at it, on the server named. */
export interface ImageTestTable {
  readonly id: string;
  readonly version_id: string;
  readonly server: string;
  readonly state: Generated<'starting' | 'running' | 'ended'>;
  readonly guest_agent: Generated<boolean>;
  readonly error: string | null;
  readonly started_at: TimeWithDefault;
  readonly ended_at: Time | null;
}

/** The highest version number under a name whose image was deleted. */
export interface ImageNumberUsedTable {
  readonly name: string;
  readonly number: number;
}

/** A content key of an encrypted image; the key itself is the secret `image-key/<key_id>`. */
export interface ImageKeyTable {
  readonly key_id: string;
  readonly image_id: string;
  /** Counts up with each rotation; the highest is the one that new versions are packed with. */
  readonly number: number;
  readonly created_by: string | null;
  readonly created_at: TimeWithDefault;
}
