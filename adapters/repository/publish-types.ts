import type { Manifest, Signer } from '@atelier/trim';
import type { RepositoryStore } from './repository-store.ts';

export type PublishRequest = {
  readonly store: RepositoryStore;
  /** signs the manifest; one of the root's signing keys */
  readonly signer: Signer;
  readonly image: string;
  readonly version: number;
  /** path of the raw disk; nobody may write to it meanwhile */
  readonly source: string;
  /** versions of the same image to make deltas from, newest first; each costs time and room */
  readonly parents?: readonly number[];
  readonly capabilities?: readonly string[];
  readonly notes?: string;
  /** least version of the client; 0.1.0 unless told */
  readonly minimumClient?: string;
  readonly compression?: PublishCompression;
  /** the image's content key (32 bytes) and its name; frames are encrypted when given */
  readonly encryption?: { readonly keyId: string; readonly key: Uint8Array };
  /** called at most ten times a second, and at the end of each phase */
  readonly onProgress?: (progress: PublishProgress) => void;
  readonly signal?: AbortSignal;
  /** worker threads; as many as processors, four at most, unless told */
  readonly workers?: number;
  readonly now?: () => Date;
};

export type PublishCompression = {
  /** zstd level of plain frames, 1 to 19 */
  readonly level?: number;
  /** zstd level of delta frames */
  readonly deltaLevel?: number;
  /** most blocks of 4 KiB in a frame, 1 to 1024 */
  readonly frameBlocks?: number;
  /** blocks from which on a frame ends where a file ends; `frameBlocks` makes all frames of that size */
  readonly leastBlocks?: number;
  /** blocks before a frame that it is compressed against, at most 1024; 0 makes each frame stand alone */
  readonly prefixBlocks?: number;
  /** bytes after which a new pack is begun */
  readonly packBytes?: number;
};

export type PublishProgress = {
  /** `packing` reads the disk and packs new blocks; `delta` makes the delta packs; `writing` ends it */
  readonly phase: 'packing' | 'delta' | 'writing';
  /** bytes of the disk that are done, and all of them (in `delta`: of new blocks, over all parents) */
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** bytes written to packs so far */
  readonly packedBytes: number;
};

export type PublishResult = {
  readonly manifest: Manifest;
  /** sha256 of the manifest file, hex: what a channel pins */
  readonly manifestDigest: string;
  /** bytes that this version added to the repository: packs, deltas, index, manifest */
  readonly addedBytes: number;
  readonly deltas: readonly { readonly from: number; readonly bytes: number; readonly frames: number }[];
};
