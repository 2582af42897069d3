/** One key of a keytab file. */
export interface KeytabEntry {
  readonly realm: string;
  /** The parts of the name: `HTTP/web.example.org` is two. */
  readonly name: readonly string[];
  /** Key version number. */
  readonly version: number;
  /** Kerberos encryption type: 17, 18 (RFC 3962), 19, 20 (RFC 8009); others are read, and never used. */
  readonly encryptionType: number;
  readonly key: Uint8Array;
}

/** The keys of our services. */
export interface Keytab {
  readonly entries: readonly KeytabEntry[];
}
