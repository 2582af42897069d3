import type { VersionState } from '@atelier/domain/images';
import type { Generated, Json, Revised, Time } from './column.ts';

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
  readonly source_format: 'raw' | 'qcow2' | 'vmdk' | 'vhdx' | null;
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
}
