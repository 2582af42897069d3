import type { Manifest, TransferSource, TrustState } from '@atelier/trim';
import type { MirrorSpeeds } from './sources/mirror-speeds.ts';
import type { PackCache } from './sources/pack-cache.ts';

/** Bytes of the disk by where they came from: those of a plan, and of the network's part what peers and media gave. */
export type FetchedBySource = Readonly<Record<TransferSource | 'peer' | 'media', number>>;

/** How to reach a repository. */
export type RepositoryAccess = {
  /**
   * base addresses of the repository and its mirrors (https, or http for tests); the given order holds until their speed was
   * measured. May be empty when there are media.
   */
  readonly baseUrls: readonly string[];
  /** headers for every request, such as authorization; asked again once when a request gets 401 */
  readonly headers?: (reason: 'first' | 'unauthorized') => Promise<Readonly<Record<string, string>>>;
  /** parameters that every address gets, such as a signature that allows reading; asked for after `headers`, likewise again */
  readonly query?: (reason: 'first' | 'unauthorized') => Promise<Readonly<Record<string, string>>>;
  /** PEM texts: certificate authorities that are trusted (the system's when absent), client certificate and key */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** milliseconds of waiting for 4 KiB after which a request counts as dead; 30,000 unless told */
  readonly idleTimeoutMs?: number;
  /** how often a request is tried before it fails; 6 unless told */
  readonly attempts?: number;
};

/** Another endpoint of the site that gives what it has. PEM texts; `pass` is our server's word that we may ask. */
export type PeerAccess = {
  readonly url: string;
  /** the id that its certificate must carry */
  readonly endpointId: string;
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly pass: string;
};

/** A version that is at hand: its raw disk and the index file that `fetchVersion` left beside it. */
export type PreviousVersion = { readonly diskPath: string; readonly indexPath: string };

export type FetchRequest = {
  readonly repository: RepositoryAccess;
  readonly trust: TrustState;
  readonly image: string;
  readonly want: { readonly channel: string } | { readonly version: number };
  /** where the raw disk goes; its index goes to the same path plus `.index`. Must not exist. */
  readonly target: string;
  readonly sources: {
    readonly previous: readonly PreviousVersion[];
    /** folder on the target's file system for transfers under way; what is found there is resumed */
    readonly partialDir: string;
    /** folders whose files may lend blocks; none unless told */
    readonly hostFolders?: readonly string[];
    /** where the index of the host folders is kept; in `partialDir` unless told */
    readonly hostIndex?: string;
    /** versions of other images: their blocks are looked for as those of host files are, without hashing them */
    readonly kin?: readonly PreviousVersion[];
    /** disks of other transfers that were interrupted: looked through like host files */
    readonly leftovers?: readonly string[];
    /** folders laid out as a repository, on removable media */
    readonly media?: readonly string[];
    readonly peers?: readonly PeerAccess[];
  };
  /** the image's content key (32 bytes) by its name, when versions are encrypted */
  readonly contentKey?: (keyId: string) => Promise<Uint8Array>;
  /** version of this client, checked against the manifest's `minimumClient` */
  readonly clientVersion?: string;
  /** what may come from the repository's addresses per second; a function where it may change meanwhile */
  readonly bandwidthBytesPerSecond?: number | (() => number | undefined);
  /** heavy work and disk access at the lowest priority of this computer */
  readonly background?: boolean;
  /** measurements of mirrors; kept between transfers by whoever makes several */
  readonly speeds?: MirrorSpeeds;
  /** takes in what was fetched and verified, to be given to peers */
  readonly cache?: PackCache;
  /** a peer or medium gave something wrong; it is not asked any more in this transfer */
  readonly onBanned?: (source: { readonly kind: 'peer' | 'media'; readonly name: string }, why: string) => void;
  /** the index of host files was brought up to date */
  readonly onHostIndex?: (done: {
    readonly files: number;
    readonly read: number;
    readonly milliseconds: number;
  }) => void;
  /** requests at a time; 4 unless told */
  readonly parallel?: number;
  /** worker threads; 2 unless told */
  readonly workers?: number;
  /** called at most ten times a second and at the end */
  readonly onProgress?: (progress: FetchProgress) => void;
  /** called as soon as something new is trusted (a root, a counter): keep it, also when the fetch fails later */
  readonly onTrust?: (trust: TrustState) => void | Promise<void>;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
};

export type FetchProgress = {
  readonly phase: 'planning' | 'transferring' | 'finishing';
  readonly image: string;
  /** known once the manifest is there */
  readonly version?: number;
  /** bytes of the disk */
  readonly bytesTotal: number;
  readonly bytesDone: number;
  readonly bySource: FetchedBySource;
  /** bytes of bodies received from the repository so far, metadata included, and what the plan expects in the end */
  readonly wireBytes: number;
  readonly wireBytesExpected: number;
  /** bytes of bodies received from anywhere: repository, peers, media; what the plan expects counts all of them too */
  readonly receivedBytes: number;
  readonly requests: number;
};

export type FetchResult = {
  readonly image: string;
  readonly version: number;
  readonly manifest: Manifest;
  /** sha256 of the manifest file, hex */
  readonly manifestDigest: string;
  readonly diskPath: string;
  readonly indexPath: string;
  readonly bySource: FetchedBySource;
  /** bytes of bodies from the repository; those of peers and media are not counted */
  readonly wireBytes: number;
  readonly requests: number;
  readonly milliseconds: number;
  readonly trust: TrustState;
};

/** What a channel points to right now. */
export type ChannelState = {
  readonly image: string;
  readonly channel: string;
  readonly version: number;
  readonly manifest: Manifest;
  readonly manifestDigest: string;
  readonly trust: TrustState;
};

/** What a transfer would take, without doing it. */
export type TransferForecast = {
  readonly image: string;
  readonly version: number;
  readonly bytesTotal: number;
  readonly bySource: FetchedBySource;
  readonly wireBytes: number;
  readonly requests: number;
};
