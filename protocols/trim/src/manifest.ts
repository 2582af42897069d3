import type { Signer } from './ed25519.ts';
import { sealEnvelope } from './envelope.ts';

/** A pack that the version's index refers to, by its place in the list. Offsets and lengths in bytes. */
export type PackEntry = {
  readonly digest: string;
  readonly length: number;
  /** frames and blocks in the whole pack */
  readonly frames: number;
  readonly blocks: number;
  /** where the pack's block hashes begin: 8 leading bytes of each, then the other 24 of each */
  readonly hashesOffset: number;
};

/** A pack of delta frames that turn version `from` into this one. */
export type DeltaEntry = {
  readonly from: number;
  /** Merkle root (hex) of the version that the references are taken from */
  readonly fromRoot: string;
  readonly digest: string;
  readonly length: number;
  readonly frames: number;
  /** the delta's table: a range of the delta pack, zstd; `digest` is of the stored bytes */
  readonly directory: {
    readonly offset: number;
    readonly length: number;
    readonly rawLength: number;
    readonly digest: string;
  };
};

/** Everything about an image version that a client must know before it fetches blocks (README, "Manifest"). */
export type Manifest = {
  readonly kind: 'manifest';
  readonly image: string;
  readonly version: number;
  readonly created: string;
  /** bytes of the raw disk; the last block is padded with zeros for hashing */
  readonly size: number;
  readonly blockSize: 4096;
  /** Merkle root over all blocks, hex */
  readonly root: string;
  /** the index file: sha256 and length as stored, and its length once decompressed */
  readonly index: {
    readonly digest: string;
    readonly length: number;
    readonly rawLength: number;
    /** the file has its digest in its name: packs were rewritten since the version was published */
    readonly named?: true;
  };
  readonly packs: readonly PackEntry[];
  readonly deltas: readonly DeltaEntry[];
  /** earlier versions that were searched for equal blocks: none of their blocks lies in a pack that they do not name */
  readonly parents: readonly number[];
  readonly capabilities: readonly string[];
  /** least version of the client, such as 0.1.0 */
  readonly minimumClient: string;
  readonly notes: string;
  /** how frames are encrypted, or null */
  readonly encryption: { readonly scheme: 'aes-256-gcm'; readonly keyId: string } | null;
  /** what publishing found: blocks that are zero, different non-zero ones, and those that this version added */
  readonly blocks: { readonly total: number; readonly zero: number; readonly distinct: number; readonly added: number };
};

/** The text of a version's manifest file, signed. */
export function sealManifest(manifest: Manifest, signers: readonly Signer[]): Promise<string> {
  const { kind: _, ...body } = manifest;
  return sealEnvelope('manifest', { format: 1, ...body }, signers);
}
