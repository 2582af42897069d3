import {
  decodePackDirectory,
  decodePackFooter,
  joinDigests,
  maskPackHashes,
  type PackFooter,
  type PackRow,
  packFooterBytes,
} from '@atelier/trim';
import type { RepositoryStore } from './repository-store.ts';

/** What a pack says about itself; `key` is needed when it is encrypted. Throws `trim.format`, `trim.key-missing`. */
export async function readPackDirectory(
  store: RepositoryStore,
  path: string,
  size: number,
  key?: Uint8Array,
): Promise<{ readonly footer: PackFooter; readonly rows: readonly PackRow[] }> {
  const footer = await readPackFooter(store, path, size);
  const stored = await store.readRange(path, footer.directoryOffset, footer.directoryLength);
  return { footer, rows: decodePackDirectory(stored, footer, key) };
}

/** The end of a pack of `size` bytes, which is readable without a key. Throws `trim.format`. */
export async function readPackFooter(store: RepositoryStore, path: string, size: number): Promise<PackFooter> {
  const at = Math.max(0, size - packFooterBytes);
  return decodePackFooter(await store.readRange(path, at, packFooterBytes), size);
}

/** The sha256 of every block of a pack, in order. */
export async function readPackHashes(
  store: RepositoryStore,
  path: string,
  { footer, rows }: { readonly footer: PackFooter; readonly rows: readonly PackRow[] },
  key?: Uint8Array,
): Promise<Uint8Array> {
  const heads = await store.readRange(path, footer.hashesOffset, footer.blocks * 8);
  const rests = await store.readRange(path, footer.hashesOffset + footer.blocks * 8, footer.blocks * 24);
  const hashes = joinDigests(heads, rests);
  return footer.sealed && key ? maskPackHashes(hashes, rows, key) : hashes;
}
