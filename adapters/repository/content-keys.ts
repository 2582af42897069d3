import { type Manifest, TrimError } from '@atelier/trim';

/** Finds the content key (32 bytes) called `keyId` of an image; undefined when it is not known here. */
export type ContentKeys = (image: string, keyId: string) => Promise<Uint8Array | undefined>;

/** The key of a version, undefined when it is not encrypted. Throws `trim.key-missing` when it is, and the key is not known. */
export async function keyOf(manifest: Manifest, keys: ContentKeys | undefined): Promise<Uint8Array | undefined> {
  const { encryption, image, version } = manifest;
  if (!encryption) return undefined;
  const key = await keys?.(image, encryption.keyId);
  if (!key) throw new TrimError('trim.key-missing', `${image} version ${version} needs the key ${encryption.keyId}`);
  return key;
}
