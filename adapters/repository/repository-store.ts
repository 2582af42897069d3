/** A file in a store. `modified` in milliseconds since 1970. */
export type StoreEntry = { readonly path: string; readonly size: number; readonly modified: number };

/** What is written: bytes in memory, or a file of `spoolFolder` that the store takes over (moves or uploads and deletes). */
export type StoreBody = Uint8Array | { readonly spoolFile: string };

/**
 * Where a repository lies, seen from the publishing side. Paths are relative with `/`; the format's own paths plus
 * `.leases/…`. A store for S3 or another object store implements the same calls.
 *
 * What an implementation must promise: a write that has returned survives a crash; a reader never sees half a file;
 * `writeImmutable` lets exactly one of several concurrent writers of a path win.
 */
export type RepositoryStore = {
  /** A local folder for files on their way into the store; everything in it may vanish between runs. */
  readonly spoolFolder: string;
  /** The whole file, or undefined when there is none. Throws `trim.limits` when it has more than `limit` bytes. */
  readonly read: (path: string, limit: number) => Promise<Uint8Array | undefined>;
  /** `length` bytes from `offset`. Throws `trim.not-found`, or `trim.format` when the file is shorter. */
  readonly readRange: (path: string, offset: number, length: number) => Promise<Uint8Array>;
  /** Creates the file; false when the path exists already (the file there stays as it is). */
  readonly writeImmutable: (path: string, body: StoreBody) => Promise<boolean>;
  /** Creates the file or replaces it in one step. */
  readonly replace: (path: string, body: StoreBody) => Promise<void>;
  /** All files whose path begins with `prefix` (which ends in `/` or is empty), in no particular order. */
  readonly list: (prefix: string) => AsyncIterable<StoreEntry>;
  /** Removes the file; no error when there is none. */
  readonly remove: (path: string) => Promise<void>;
  readonly stat: (path: string) => Promise<StoreEntry | undefined>;
};
