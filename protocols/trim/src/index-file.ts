import { decodeIndex, type IndexFrame } from './decode-index.ts';
import { digestHex } from './digests.ts';
import { encodeIndex } from './encode-index.ts';
import type { Manifest } from './manifest.ts';
import { openBytes, sealBytes } from './sealed-bytes.ts';
import { TrimError } from './trim-error.ts';
import type { VersionIndex } from './version-index.ts';
import { zstdCompress, zstdDecompress } from './zstd.ts';

/** The index file of a version as it is stored, encrypted when a key is given, with what its manifest has to say about it. */
export function writeIndexFile(
  index: VersionIndex,
  key?: Uint8Array,
): { readonly file: Uint8Array; readonly entry: Manifest['index'] } {
  const raw = encodeIndex(index);
  const packed = zstdCompress(raw, 15);
  const file = key ? sealBytes(packed, key, 'TRIMINDX') : packed;
  return { file, entry: { digest: digestHex(file), length: file.length, rawLength: raw.length } };
}

/**
 * Reads an index file after its manifest; `key` is needed for encrypted versions. Throws `trim.index-digest`, `trim.format`,
 * `trim.limits`, and `trim.key-missing` when the key is another one.
 */
export function openIndexFile(
  file: Uint8Array,
  entry: Manifest['index'],
  expected: IndexFrame,
  key?: Uint8Array,
): VersionIndex {
  checkIndexFile(file, entry);
  const packed = key ? openSealed(file, key) : file;
  return decodeIndex(zstdDecompress(packed, entry.rawLength, 'the index'), expected);
}

/** Throws `trim.index-digest` unless the file is the one that its manifest names: all that can be said without the key. */
export function checkIndexFile(file: Uint8Array, entry: Manifest['index']): void {
  if (file.length !== entry.length || digestHex(file) !== entry.digest)
    throw new TrimError(
      'trim.index-digest',
      `the index has ${file.length} bytes and sha256 ${digestHex(file)}, not ${entry.digest}`,
    );
}

/** The file has the right digest, so when it does not open the key is not the one. */
function openSealed(file: Uint8Array, key: Uint8Array): Uint8Array {
  try {
    return openBytes(file, key, 'TRIMINDX', 'the index');
  } catch (cause) {
    throw new TrimError('trim.key-missing', 'the content key that was given is not that of the version', { cause });
  }
}
