import { decodeIndex, type IndexFrame } from './decode-index.ts';
import { digestHex } from './digests.ts';
import { encodeIndex } from './encode-index.ts';
import type { Manifest } from './manifest.ts';
import { TrimError } from './trim-error.ts';
import type { VersionIndex } from './version-index.ts';
import { zstdCompress, zstdDecompress } from './zstd.ts';

/** The index file of a version as it is stored, with what its manifest has to say about it. */
export function writeIndexFile(index: VersionIndex): { readonly file: Uint8Array; readonly entry: Manifest['index'] } {
  const raw = encodeIndex(index);
  const file = zstdCompress(raw, 15);
  return { file, entry: { digest: digestHex(file), length: file.length, rawLength: raw.length } };
}

/** Reads an index file after its manifest. Throws `trim.index-digest`, `trim.format`, `trim.limits`. */
export function openIndexFile(file: Uint8Array, entry: Manifest['index'], expected: IndexFrame): VersionIndex {
  if (file.length !== entry.length || digestHex(file) !== entry.digest)
    throw new TrimError(
      'trim.index-digest',
      `the index has ${file.length} bytes and sha256 ${digestHex(file)}, not ${entry.digest}`,
    );
  return decodeIndex(zstdDecompress(file, entry.rawLength, 'the index'), expected);
}
