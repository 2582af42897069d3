import type http from 'node:http';

/** What kind of place bytes came from: the repository's own addresses, another endpoint of the site, or removable media. */
export type SourceKind = 'network' | 'peer' | 'media';

/** The beginning of a file or range; the rest is in `body`. */
export type Answer = {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  readonly headers: http.IncomingHttpHeaders;
  /** ends the answer without reading it */
  readonly discard: () => void;
};

/** Something that has the files of a repository. One request at a time per call; no retries here. */
export type RangeSource = {
  readonly kind: SourceKind;
  /** for people and logs: an address or a folder, never with credentials */
  readonly name: string;
  /** Asks for a file, or for bytes `range[0]` to `range[1]` of it. Throws HttpFailure. */
  readonly ask: (path: string, range: readonly [number, number] | undefined, signal?: AbortSignal) => Promise<Answer>;
  readonly close: () => void;
};
